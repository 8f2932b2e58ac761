using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Worker;

namespace ActorTrain.TestKit.Nodes;

/// <summary>
/// Engines without a network: the loss is ½ Σ λᵢ wᵢ², the gradient λᵢ wᵢ with noise whose variance falls with the micro-batch, as a sample's would. Cheap enough
/// for ten thousand workers, and known to the last digit.
/// </summary>
/// <param name="curvatures">λ, one a parameter.</param>
/// <param name="trainSamples">Training samples of an epoch.</param>
/// <param name="testSamples">Test samples of an evaluation.</param>
/// <param name="noise">Standard deviation of one sample's gradient.</param>
public sealed class AnalyticEngines(IReadOnlyList<float> curvatures, int trainSamples = 10_000, int testSamples = 1_000, float noise = 0) : IEngineFactory
{
    /// <summary>A few parameters, of curvatures from 0.1 to 1.</summary>
    /// <param name="parameters">How many.</param>
    /// <param name="trainSamples">Training samples of an epoch.</param>
    /// <param name="noise">Standard deviation of one sample's gradient.</param>
    /// <param name="testSamples">Test samples of an evaluation.</param>
    public static AnalyticEngines Small(int parameters = 10, int trainSamples = 10_000, float noise = 0, int testSamples = 1_000) =>
        new([.. Enumerable.Range(1, parameters).Select(i => (float)i / parameters)], trainSamples, testSamples, noise);

    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job) => new Engine(curvatures, trainSamples, testSamples, noise);

    private sealed class Engine(IReadOnlyList<float> curvatures, int trainSamples, int testSamples, float noise) : IGradientEngine
    {
        private readonly float[] _parameters = new float[curvatures.Count];

        public ModelDescription Model { get; } = new("quadratic", ParameterLayout.Of([("w", [curvatures.Count])]), ParameterLayout.Empty);

        public DatasetDescription Dataset { get; } = new("none", trainSamples, testSamples, "00");

        public DeviceDescription Device { get; } = new("cpu", "analytic", 1, 0);

        public Memory<float> Parameters => _parameters;

        public Memory<float> State => Memory<float>.Empty;

        public void Initialize(long seed)
        {
            var random = new SplitMix64(seed);
            for (var i = 0; i < _parameters.Length; i++) _parameters[i] = 1 + random.NextFloat();
        }

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
        {
            var random = new SplitMix64(seed);
            // A sum of uniform numbers is normal enough, and the same on every machine.
            var scale = noise == 0 ? 0 : noise / MathF.Sqrt(samples.Length);
            for (var i = 0; i < gradient.Length; i++) gradient[i] = curvatures[i] * _parameters[i] + (scale == 0 ? 0 : scale * Normal(ref random));
            return new StepResult(Loss(), 0);
        }

        public Evaluation Evaluate(CancellationToken cancellation) => new(Loss(), 1 / (1 + Loss()), testSamples);

        public void Dispose() { }

        private double Loss()
        {
            var sum = 0.0;
            for (var i = 0; i < _parameters.Length; i++) sum += 0.5 * curvatures[i] * _parameters[i] * _parameters[i];
            return sum;
        }

        private static float Normal(ref SplitMix64 random)
        {
            var sum = 0f;
            for (var i = 0; i < 12; i++) sum += random.NextFloat();
            return sum - 6;
        }
    }
}
