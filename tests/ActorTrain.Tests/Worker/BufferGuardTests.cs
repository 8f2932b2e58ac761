using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

public sealed class BufferGuardTests
{
    private readonly Engine _engine = new();

    [Fact]
    public void A_statistic_that_becomes_NaN_is_named_and_restored()
    {
        var guard = new BufferGuard(_engine);
        _engine.Buffers.Span[0] = 3;
        guard.Remember();
        _engine.Buffers.Span[0] = 4;
        _engine.Buffers.Span[1] = float.NaN;

        guard.Restore().ShouldBe("running_var");
        _engine.Buffers.ToArray().ShouldBe([3, 1, float.NegativeInfinity]);
    }

    [Fact]
    public void A_finite_change_is_kept_and_a_value_infinite_before_is_allowed()
    {
        var guard = new BufferGuard(_engine);
        guard.Remember();
        _engine.Buffers.Span[0] = 4;

        guard.Restore().ShouldBeNull();
        _engine.Buffers.ToArray().ShouldBe([4, 1, float.NegativeInfinity]);
    }

    [Fact]
    public void The_description_names_the_samples() =>
        BufferGuard
            .Describe("running_var", [17, 3])
            .ShouldBe("running_var of the model is not finite after training samples 3, 17");

    [Fact]
    public void Of_many_samples_the_first_are_named()
    {
        SampleNames.Format([4]).ShouldBe("training sample 4");
        SampleNames.Format([.. Enumerable.Range(0, 70).Reverse()]).ShouldEndWith("62, 63 and 6 more");
    }

    private sealed class Engine : IGradientEngine
    {
        private readonly LinearEngine _inner = new();

        public ModelDescription Model =>
            _inner.Model with
            {
                Buffers = ParameterLayout.Create([("running_mean", [1L]), ("running_var", [1L]), ("mask", [1L])]),
            };

        public DatasetDescription Dataset => _inner.Dataset;

        public DeviceDescription Device => _inner.Device;

        public Memory<float> Parameters => _inner.Parameters;

        public Memory<float> Buffers { get; } = new float[] { 0, 1, float.NegativeInfinity };

        public void Initialize(long seed) => _inner.Initialize(seed);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) =>
            _inner.ComputeGradient(samples, seed, gradient);

        public Evaluation Evaluate(CancellationToken cancellation) => _inner.Evaluate(cancellation);

        public void Dispose() => _inner.Dispose();
    }
}
