using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit.Nodes;

/// <summary>
/// Engines without a network: the loss is ½ Σ λᵢ wᵢ², the gradient λᵢ wᵢ with noise whose variance is inverse to the
/// micro-batch. Cheap enough for ten thousand workers, with an exact solution.
/// </summary>
public sealed class AnalyticEngines : IEngineFactory
{
    private const int MostWritten = 1_000,
        Samples = 10_000,
        Tests = 1_000;
    private readonly float[] _curvatures;
    private readonly int _trainSamples;
    private readonly int _testSamples;
    private readonly float _noise;

    /// <summary>Engines of given curvatures.</summary>
    /// <param name="curvatures">λ of each parameter, one at least, each a finite number.</param>
    /// <param name="trainSamples">Training samples of an epoch, 1 or more.</param>
    /// <param name="testSamples">Test samples of an evaluation, 0 or more.</param>
    /// <param name="noise">Standard deviation of one sample's gradient, 0 or more.</param>
    /// <exception cref="ActorTrainException">A value is out of range.</exception>
    public AnalyticEngines(
        IReadOnlyList<float> curvatures,
        int trainSamples = Samples,
        int testSamples = Tests,
        float noise = 0
    )
    {
        if (curvatures is not { Count: > 0 })
            throw Checked.Error("AnalyticEngines: curvatures", "empty", "one number a parameter, and one at least");
        _curvatures = [.. curvatures.Select(curvature => Given(nameof(curvatures), curvature, Bounds.Any))];
        _trainSamples = Given(nameof(trainSamples), trainSamples, Bounds.AtLeast(1));
        _testSamples = Given(nameof(testSamples), testSamples, Bounds.AtLeast(0));
        _noise = Given(nameof(noise), noise, Bounds.AtLeast(0));
    }

    /// <summary>A few parameters, of curvatures from 0.1 to 1.</summary>
    /// <param name="parameters">How many, 1 or more.</param>
    /// <param name="trainSamples">Training samples of an epoch, 1 or more.</param>
    /// <param name="noise">Standard deviation of one sample's gradient, 0 or more.</param>
    /// <param name="testSamples">Test samples of an evaluation, 0 or more.</param>
    /// <exception cref="ActorTrainException">A value is out of range.</exception>
    public static AnalyticEngines Small(
        int parameters = 10,
        int trainSamples = Samples,
        float noise = 0,
        int testSamples = Tests
    ) => new(Rising(Given(nameof(parameters), parameters, Bounds.AtLeast(1))), trainSamples, testSamples, noise);

    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job) => new Engine(_curvatures, _trainSamples, _testSamples, _noise);

    /// <summary>The C# that creates them; null if they have too many curvatures to write down.</summary>
    internal string? Code
    {
        get
        {
            var rest = new List<string>();
            if (_trainSamples != Samples)
                rest.Add($"trainSamples: {CSharp.Literal(_trainSamples)}");
            if (_testSamples != Tests)
                rest.Add($"testSamples: {CSharp.Literal(_testSamples)}");
            if (_noise != 0)
                rest.Add($"noise: {CSharp.Literal(_noise)}");
            if (_curvatures.SequenceEqual(Rising(_curvatures.Length)))
                return $"AnalyticEngines.Small({string.Join(", ", rest.Prepend(CSharp.Literal(_curvatures.Length)))})";
            var curvatures = $"[{string.Join(", ", _curvatures.Select(CSharp.Literal))}]";
            return _curvatures.Length > MostWritten
                ? null
                : $"new AnalyticEngines({string.Join(", ", rest.Prepend(curvatures))})";
        }
    }

    private static float[] Rising(int parameters) =>
        [.. Enumerable.Range(1, parameters).Select(i => (float)i / parameters)];

    private static T Given<T>(string what, T value, Bounds bounds)
        where T : System.Numerics.INumber<T> => Checked.Number($"AnalyticEngines: {what}", value, bounds);

    private sealed class Engine(IReadOnlyList<float> curvatures, int trainSamples, int testSamples, float noise)
        : IGradientEngine
    {
        private readonly float[] _parameters = new float[curvatures.Count];

        public ModelDescription Model { get; } =
            new("quadratic", ParameterLayout.Create([("w", [curvatures.Count])]), ParameterLayout.Empty);

        public DatasetDescription Dataset { get; } = new("none", trainSamples, testSamples, "00");

        public DeviceDescription Device { get; } = new("cpu", "analytic", 1, 0);

        public Memory<float> Parameters => _parameters;

        public Memory<float> Buffers => Memory<float>.Empty;

        public void Initialize(long seed)
        {
            var random = new SplitMix64(seed);
            for (var i = 0; i < _parameters.Length; i++)
                _parameters[i] = 1 + random.NextFloat();
        }

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
        {
            var random = new SplitMix64(seed);
            // A sum of uniform numbers is nearly normal, and the same on every machine.
            var scale = noise == 0 ? 0 : noise / MathF.Sqrt(samples.Length);
            for (var i = 0; i < gradient.Length; i++)
                gradient[i] = curvatures[i] * _parameters[i] + (scale == 0 ? 0 : scale * Normal(ref random));
            return new StepResult(Loss(), 0);
        }

        public Evaluation Evaluate(CancellationToken cancellation) => new(Loss(), 1 / (1 + Loss()), testSamples);

        public void Dispose() { }

        private double Loss()
        {
            var sum = 0.0;
            for (var i = 0; i < _parameters.Length; i++)
                sum += 0.5 * curvatures[i] * _parameters[i] * _parameters[i];
            return sum;
        }

        private static float Normal(ref SplitMix64 random)
        {
            var sum = 0f;
            for (var i = 0; i < 12; i++)
                sum += random.NextFloat();
            return sum - 6;
        }
    }
}
