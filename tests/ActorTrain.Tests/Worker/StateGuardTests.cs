using ActorTrain.Parameters;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

public sealed class StateGuardTests
{
    private readonly Engine _engine = new();

    [Fact]
    public void A_statistic_that_has_become_NaN_is_named_and_is_what_it_was()
    {
        var guard = new StateGuard(_engine);
        _engine.State.Span[0] = 3;
        guard.Remember();
        _engine.State.Span[0] = 4;
        _engine.State.Span[1] = float.NaN;

        guard.Restore().ShouldBe("running_var");
        _engine.State.ToArray().ShouldBe([3, 1, float.NegativeInfinity]);
    }

    [Fact]
    public void What_moves_and_stays_finite_is_left_alone_and_so_is_what_was_infinite_before()
    {
        var guard = new StateGuard(_engine);
        guard.Remember();
        _engine.State.Span[0] = 4;

        guard.Restore().ShouldBeNull();
        _engine.State.ToArray().ShouldBe([4, 1, float.NegativeInfinity]);
    }

    [Fact]
    public void The_sentence_names_the_samples() =>
        StateGuard
            .Sentence("running_var", [17, 3])
            .ShouldBe("running_var of the model is not finite after training samples 3, 17");

    [Fact]
    public void Of_many_samples_the_first_are_named()
    {
        SampleNames.Of([4]).ShouldBe("training sample 4");
        SampleNames.Of([.. Enumerable.Range(0, 70).Reverse()]).ShouldEndWith("62, 63 and 6 more");
    }

    private sealed class Engine : IGradientEngine
    {
        private readonly LinearEngine _inner = new();

        public ModelDescription Model =>
            _inner.Model with
            {
                State = ParameterLayout.Of([("running_mean", [1L]), ("running_var", [1L]), ("mask", [1L])]),
            };

        public DatasetDescription Dataset => _inner.Dataset;

        public DeviceDescription Device => _inner.Device;

        public Memory<float> Parameters => _inner.Parameters;

        public Memory<float> State { get; } = new float[] { 0, 1, float.NegativeInfinity };

        public void Initialize(long seed) => _inner.Initialize(seed);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) =>
            _inner.ComputeGradient(samples, seed, gradient);

        public Evaluation Evaluate(CancellationToken cancellation) => _inner.Evaluate(cancellation);

        public void Dispose() => _inner.Dispose();
    }
}
