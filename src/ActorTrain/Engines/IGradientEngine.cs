namespace ActorTrain.Engines;

/// <summary>
/// Computes gradients and evaluations: a model over a data set on a device. The TorchSharp engine is one, a simulation
/// has another, a user may write a third. An engine is used by one thread at a time.
/// </summary>
/// <remarks>
/// The engine owns the two buffers, and never replaces them. A buffer must stay valid memory for as long as anything
/// references its <see cref="Memory{T}"/>, even after <see cref="IDisposable.Dispose"/>.
/// </remarks>
public interface IGradientEngine : IDisposable
{
    /// <summary>The model: its name and the layouts of <see cref="Parameters"/> and <see cref="Buffers"/>.</summary>
    ModelDescription Model { get; }

    /// <summary>The data set; all workers of a job must have the same.</summary>
    DatasetDescription Dataset { get; }

    /// <summary>The device that the engine computes on.</summary>
    DeviceDescription Device { get; }

    /// <summary>
    /// The trainable parameters, [<c>Model.Parameters.Length</c>] f32. The runtime writes them, the engine reads them.
    /// </summary>
    Memory<float> Parameters { get; }

    /// <summary>
    /// The rest of the model: buffers (BatchNorm's running statistics, masks, tables) of every type, and frozen
    /// parameters, [<c>Model.Buffers.Length</c>] words of four bytes. Floats are averaged over the workers of a job by
    /// the samples that each has seen; integers are those of the worker that has seen the most.
    /// </summary>
    Memory<float> Buffers { get; }

    /// <summary>
    /// Fills <see cref="Parameters"/> and <see cref="Buffers"/> with the starting values: the same seed gives the same
    /// values on every machine. Resets any state that earlier gradients have left.
    /// </summary>
    void Initialize(long seed);

    /// <summary>
    /// Computes the mean gradient over some training samples, at the current <see cref="Parameters"/>.
    /// </summary>
    /// <param name="samples">Indices into the training set, each in [0, <c>Dataset.TrainSamples</c>).</param>
    /// <param name="seed">
    /// Seeds whatever is random in the step: augmentation, dropout. A gradient depends only on parameters, buffers,
    /// samples and seed.
    ///</param>
    /// <param name="gradient">The memory to write it to, every element, [<c>Model.Parameters.Length</c>] f32;
    /// undefined before. The runtime sends this memory without a copy, and passes other memory for the next gradient
    /// meanwhile.</param>
    /// <exception cref="OutOfMemoryException">The device does not hold so many samples at once. The runtime uses half
    /// as many from then on.</exception>
    /// <exception cref="ActorTrainException">It would fail again on any worker, such as on a damaged sample. The worker
    /// takes no more part; the message is shown unchanged.</exception>
    /// <exception cref="EngineFailedException">A new engine may succeed. As after any other exception the runtime
    /// creates one, up to five times.</exception>
    StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient);

    /// <summary>
    /// As <see cref="ComputeGradient(ReadOnlySpan{int}, long, Span{float})"/>, for a gradient that may be abandoned,
    /// since the synchronous step is closed with those of other workers. An engine that can stop early does so; the
    /// default implementation computes to the end.
    /// </summary>
    /// <param name="samples">Indices into the training set.</param>
    /// <param name="seed">Seeds whatever is random in the step.</param>
    /// <param name="gradient">The memory to write it to; undefined after an abandoned gradient.</param>
    /// <param name="abandoned">Canceled when the gradient is not needed any more.</param>
    /// <exception cref="OperationCanceledException"><paramref name="abandoned"/> was canceled.</exception>
    StepResult ComputeGradient(
        ReadOnlySpan<int> samples,
        long seed,
        Span<float> gradient,
        CancellationToken abandoned
    ) => ComputeGradient(samples, seed, gradient);

    /// <summary>
    /// Loss and accuracy over the whole test set, at the current <see cref="Parameters"/> and <see cref="Buffers"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    Evaluation Evaluate(CancellationToken cancellation);
}
