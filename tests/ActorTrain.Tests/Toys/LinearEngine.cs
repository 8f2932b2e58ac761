using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Toys;

/// <summary>
/// Linear regression on samples made from their index: small enough to be checked by hand, and with an answer that is
/// known. Its state counts the samples it has seen.
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
        var layout = ParameterLayout.Of([("weight", [1, inputs]), ("bias", [1])]);
        Model = new ModelDescription(
            "linear",
            layout,
            withState ? ParameterLayout.Of([("seen", [1])]) : ParameterLayout.Empty
        );
        Dataset = new DatasetDescription("made-up", trainSamples, 64, fingerprint);
        Parameters = new float[layout.Length];
        State = new float[Model.State.Length];
    }

    public ModelDescription Model { get; }

    public DatasetDescription Dataset { get; }

    public DeviceDescription Device { get; } = new("cpu", "toy", 1);

    public Memory<float> Parameters { get; }

    public Memory<float> State { get; }

    public void Initialize(long seed)
    {
        _measured = seed != 0;
        State.Span.Clear();
        var random = new SplitMix64(seed);
        foreach (ref var parameter in Parameters.Span)
            parameter = random.NextBelow(1000) / 1000f - 0.5f;
    }

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
    {
        // What it does to measure itself, before it has the job's own starting values, is not a step of the job.
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
        if (State.Length > 0)
            State.Span[0] += samples.Length;
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

/// <summary>Makes the engines that a test describes.</summary>
internal sealed class Engines(Func<IGradientEngine> make) : IEngineFactory
{
    public static Engines Linear(int trainSamples = 640, Action<int>? eachStep = null, bool withState = false) =>
        new(() => new LinearEngine(trainSamples, eachStep, withState));

    public IGradientEngine Create(JobOptions job) => make();
}
