using System.Globalization;
using System.Text;
using ActorTrain.Parameters;
using ActorTrain.Sentences;

namespace ActorTrain.Worker;

/// <summary>
/// All that the runtime knows of mathematics: a model over a data set on a device. The TorchSharp engine is one,
/// a simulation's is another, a user's own is a third. An engine is used by one thread at a time.
/// </summary>
/// <remarks>
/// The two buffers are owned by the engine and keep their place for its whole life. A buffer must stay valid
/// memory for as long as anything references its <see cref="Memory{T}"/>, even after <see cref="IDisposable.Dispose"/>.
/// </remarks>
public interface IGradientEngine : IDisposable
{
    /// <summary>The model: its name and the layouts of <see cref="Parameters"/> and <see cref="State"/>.</summary>
    ModelDescription Model { get; }

    /// <summary>The data set, as every worker of a job must have it.</summary>
    DatasetDescription Dataset { get; }

    /// <summary>What the engine computes on.</summary>
    DeviceDescription Device { get; }

    /// <summary>
    /// The trainable parameters, [<c>Model.Parameters.Length</c>] f32. The runtime writes them, the engine reads them.
    /// </summary>
    Memory<float> Parameters { get; }

    /// <summary>
    /// What belongs to the model besides: buffers (BatchNorm's running statistics, masks, tables), of every type, and
    /// frozen parameters, [<c>Model.State.Length</c>] words of four bytes. Floats are combined over the workers of a
    /// job by the samples that each has seen; of whole numbers the worker's count that has seen the most.
    /// </summary>
    Memory<float> State { get; }

    /// <summary>
    /// Fills <see cref="Parameters"/> and <see cref="State"/> with the starting values: the same seed gives the same
    /// values on every machine. Whatever the engine remembers of gradients before is forgotten: the next is its first.
    /// </summary>
    void Initialize(long seed);

    /// <summary>
    /// Computes the mean gradient over some training samples, at the current <see cref="Parameters"/>.
    /// </summary>
    /// <param name="samples">Indices into the training set, each in [0, <c>Dataset.TrainSamples</c>).</param>
    /// <param name="seed">
    /// Seeds whatever is random in the step: augmentation, dropout. A gradient is a function of parameters, state,
    /// samples and seed, and of nothing else.
    /// </param>
    /// <param name="gradient"> Where to write it, every element, [<c>Model.Parameters.Length</c>] f32; what was there
    /// means nothing. The runtime hands out memory that is sent as it is, another one while the last is still on its
    /// way.
    /// </param>
    /// <exception cref="OutOfMemoryException">The device does not hold so many samples at once. The runtime tries half
    /// as many, and remembers it.</exception>
    /// <exception cref="ActorTrainException">It would fail again whoever tried, such as on a damaged sample. The worker
    /// takes no more part; the message is told as it is.</exception>
    /// <exception cref="EngineFailedException">It may pass. As any other exception: the runtime makes a new engine,
    /// five times.</exception>
    StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient);

    /// <summary>
    /// As <see cref="ComputeGradient(ReadOnlySpan{int}, long, Span{float})"/>, for a gradient that may be abandoned:
    /// the others' have made the synchronous step. An engine that can stop in the middle does so; without its own
    /// implementation it computes to the end.
    /// </summary>
    /// <param name="samples">As there.</param>
    /// <param name="seed">As there.</param>
    /// <param name="gradient">As there; what an abandoned gradient has left in it means nothing.</param>
    /// <param name="abandoned">Asked for when nobody wants the gradient any more.</param>
    /// <exception cref="OperationCanceledException"><paramref name="abandoned"/> was asked for.</exception>
    StepResult ComputeGradient(
        ReadOnlySpan<int> samples,
        long seed,
        Span<float> gradient,
        CancellationToken abandoned
    ) => ComputeGradient(samples, seed, gradient);

    /// <summary>
    /// Loss and accuracy over the whole test set, at the current <see cref="Parameters"/> and <see cref="State"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    Evaluation Evaluate(CancellationToken cancellation);
}

/// <summary>What a gradient step saw.</summary>
/// <param name="Loss">Mean loss over the samples, before any update.</param>
/// <param name="Correct">Samples whose predicted class was right.</param>
/// <param name="Untouched">
/// Stretches of the flat vector whose parameters have no gradient, in order, none touching another: an unused branch,
/// an expert that was not chosen. No optimizer touches them: nothing decays, no momentum moves them, no step is
/// counted. The gradient is zero there. Null where every parameter has one.
/// </param>
public readonly record struct StepResult(double Loss, int Correct, IReadOnlyList<FlatRange>? Untouched = null);

/// <summary>How the model does on the test set.</summary>
/// <param name="Loss">Mean loss a sample.</param>
/// <param name="Accuracy">Share of samples whose predicted class was right, 0 to 1; of a model with a metric of its
/// own, that, named by <see cref="ModelDescription.MetricName"/>.</param>
/// <param name="Samples">Samples evaluated.</param>
public sealed record Evaluation(double Loss, double Accuracy, int Samples);

/// <summary>A model, as its users compare it.</summary>
/// <param name="Name">Its name in the job, such as <c>mlp</c>.</param>
/// <param name="Parameters">Layout of the trainable parameters.</param>
/// <param name="State">Layout of the state that is learned without a gradient; <see cref="ParameterLayout.Empty"/> for
/// most models.</param>
public sealed record ModelDescription(string Name, ParameterLayout Parameters, ParameterLayout State)
{
    /// <summary>What <see cref="Evaluation.Accuracy"/> is called where no metric is named.</summary>
    internal const string DefaultMetricName = "accuracy";

    /// <summary>What its author calls <see cref="Evaluation.Accuracy"/>, such as <c>mean absolute error</c>: shown
    /// beside the number, and written in the report.</summary>
    public string MetricName { get; init; } = DefaultMetricName;
}

/// <summary>A data set, as its users compare it.</summary>
/// <param name="Name">Its name, such as <c>fashion-mnist</c>.</param>
/// <param name="TrainSamples">Number of training samples.</param>
/// <param name="TestSamples">Number of test samples.</param>
/// <param name="Fingerprint">Hexadecimal digits that differ when any sample does.</param>
public sealed record DatasetDescription(string Name, int TrainSamples, int TestSamples, string Fingerprint)
{
    /// <summary>
    /// The most text that <see cref="ClassNames"/> holds, in bytes of UTF-8: a description travels in messages, and
    /// those are bounded.
    /// </summary>
    public const int MostClassNames = 16 * 1024;

    /// <summary>Number of classes; 0 where targets are numbers, or where it is not known.</summary>
    public int Classes { get; init; }

    /// <summary>
    /// What each class is called, in the order of their numbers. Empty where they have no names, and where all names
    /// together are longer than <see cref="MostClassNames"/>: then messages, report and saved model have the number of
    /// <see cref="Classes"/> alone.
    /// </summary>
    public IReadOnlyList<string> ClassNames
    {
        get;
        init => field = IsBounded(value) ? value.ToArray() : [];
    } = [];

    /// <summary>
    /// Mean that was taken from the inputs, as (value − mean) / deviation; null where they are not normalised, or where
    /// it is not known.
    /// </summary>
    public float? Mean { get; init; }

    /// <summary>Deviation that the inputs were divided by; null likewise.</summary>
    public float? Deviation { get; init; }

    /// <summary>
    /// What is trained on in place of the data set that the job names, since that one is not on the node, such as
    /// <c>the built-in subset</c>; null where it is the data set itself.
    /// </summary>
    public string? Substitute { get; init; }

    private static bool IsBounded(IReadOnlyList<string> names) =>
        names.Sum(name => (long)Encoding.UTF8.GetByteCount(name)) <= MostClassNames;
}

/// <summary>What a worker computes on.</summary>
/// <param name="Kind"><c>cpu</c> or <c>cuda:i</c>.</param>
/// <param name="Name">The maker's name of it.</param>
/// <param name="Threads">CPU threads the engine uses.</param>
/// <param name="MemoryBytes">Memory it can use; 0 where that is not known.</param>
public sealed record DeviceDescription(string Kind, string Name, int Threads, long MemoryBytes = 0)
{
    /// <summary>Why it uses so many threads, in words that follow their number; null where its user said so.</summary>
    public string? ThreadsReason { get; init; }

    /// <summary>Whether it is a GPU: those are given work first.</summary>
    public bool IsGpu => Kind != "cpu";

    /// <summary>In words.</summary>
    public override string ToString() =>
        $"{Kind} ({Name}) with {Plural.Of(Threads, "thread")}"
        + (ThreadsReason is null ? "" : $" ({ThreadsReason})")
        + (
            MemoryBytes > 0
                ? string.Create(CultureInfo.InvariantCulture, $" and {MemoryBytes / (double)(1L << 30):0.#} GiB")
                : ""
        );
}
