using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;

namespace ActorTrain.Tests.Toys;

/// <summary>
/// Linear regression on samples computed from their index: small enough to be checked by hand, with a known answer.
/// Its buffers count the samples it has seen.
/// </summary>
internal sealed class LinearEngine : IGradientEngine
{
    public const int Inputs = 37;
    private readonly Action<int>? _eachStep;
    private int _steps;
    private bool _measured;

    public LinearEngine(
        int trainSamples = 640,
        Action<int>? eachStep = null,
        bool withState = false,
        string fingerprint = "f00d",
        int inputs = Inputs
    )
    {
        _eachStep = eachStep;
        var layout = ParameterLayout.Create([("weight", [1, inputs]), ("bias", [1])]);
        Model = new ModelDescription(
            "linear",
            layout,
            withState ? ParameterLayout.Create([("seen", [1])]) : ParameterLayout.Empty
        );
        Dataset = new DatasetDescription("made-up", trainSamples, 64, fingerprint);
        Parameters = new float[layout.Length];
        Buffers = new float[Model.Buffers.Length];
    }

    public ModelDescription Model { get; }

    public DatasetDescription Dataset { get; }

    public DeviceDescription Device { get; } = new("cpu", "toy", 1);

    public Memory<float> Parameters { get; }

    public Memory<float> Buffers { get; }

    public void Initialize(long seed)
    {
        _measured = seed != 0;
        Buffers.Span.Clear();
        var random = new SplitMix64(seed);
        foreach (ref var parameter in Parameters.Span)
            parameter = random.NextBelow(1000) / 1000f - 0.5f;
    }

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
    {
        // Its own measurement, before it has the job's starting values, is not a step of the job.
        if (_measured)
            _eachStep?.Invoke(_steps++);
        var loss = 0.0;
        gradient.Clear();
        foreach (var sample in samples)
        {
            var error = Predict(sample) - Target(sample);
            loss += error * error;
            for (var i = 0; i < gradient.Length - 1; i++)
                gradient[i] += 2f * error * Input(sample, i) / samples.Length;
            gradient[^1] += 2f * error / samples.Length;
        }
        if (Buffers.Length > 0)
            Buffers.Span[0] += samples.Length;
        return new StepResult(loss / samples.Length, samples.Length);
    }

    public Evaluation Evaluate(CancellationToken cancellation)
    {
        var (loss, correct) = (0.0, 0);
        for (var sample = 0; sample < Dataset.TestSamples; sample++)
        {
            var error = Predict(sample + 1_000_000) - Target(sample + 1_000_000);
            loss += error * error;
            if (Math.Abs(error) < 0.5)
                correct++;
        }
        return new Evaluation(loss / Dataset.TestSamples, (double)correct / Dataset.TestSamples, Dataset.TestSamples);
    }

    public void Dispose() { }

    private float Predict(int sample)
    {
        var parameters = Parameters.Span;
        var sum = parameters[^1];
        for (var i = 0; i < parameters.Length - 1; i++)
            sum += parameters[i] * Input(sample, i);
        return sum;
    }

    private static float Target(int sample) => Input(sample, 0) - 2 * Input(sample, 1) + 0.25f;

    private static float Input(int sample, int index) =>
        new SplitMix64(SplitMix64.Mix(sample, index, 7)).NextBelow(2000) / 1000f - 1f;
}

/// <summary>Creates the engines that a test describes.</summary>
internal sealed class ToyEngines(Func<IGradientEngine> create) : IEngineFactory
{
    public static ToyEngines Linear(int trainSamples = 640, Action<int>? eachStep = null, bool withState = false) =>
        new(() => new LinearEngine(trainSamples, eachStep, withState));

    public IGradientEngine Create(JobOptions job) => create();
}
