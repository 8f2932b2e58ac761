using ActorTrain.Engines;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>What a worker says of its speed before its first lease.</summary>
public sealed class SelfMeasurementTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    [Theory, InlineData(10), InlineData(1_000), InlineData(60_000)]
    public void However_long_a_device_takes_for_its_first_step_its_speed_is_that_of_the_steps_after_it(int milliseconds)
    {
        using var engine = new TimedEngine(TimeSpan.FromMilliseconds(milliseconds));

        Measure(engine).SamplesPerSecond.ShouldBe(16 / Step.TotalSeconds, tolerance: 1e-6);
    }

    private static Measurement Measure(TimedEngine engine) =>
        SelfMeasurement.Measure(engine, batch: 16, least: 1, new TensorPool(shared: false, keep: 0), () => engine.Time);

    private sealed class TimedEngine(TimeSpan first) : IGradientEngine
    {
        private readonly LinearEngine _inner = new();

        public TimeSpan Time { get; private set; }

        public ModelDescription Model => _inner.Model;

        public DatasetDescription Dataset => _inner.Dataset;

        public DeviceDescription Device => _inner.Device;

        public Memory<float> Parameters => _inner.Parameters;

        public Memory<float> Buffers => _inner.Buffers;

        public void Initialize(long seed) => _inner.Initialize(seed);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
        {
            Time += Time == TimeSpan.Zero ? first : Step;
            return _inner.ComputeGradient(samples, seed, gradient);
        }

        public Evaluation Evaluate(CancellationToken cancellation) => _inner.Evaluate(cancellation);

        public void Dispose() => _inner.Dispose();
    }
}
