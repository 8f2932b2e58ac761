using ActorTrain.Engines;
using ActorTrain.Parameters;

namespace ActorTrain.Tests.Worker;

public sealed class EngineContractTests
{
    [Fact]
    public void A_valid_engine_has_no_violation() => EngineContract.FirstViolation(new OddEngine()).ShouldBeNull();

    [Fact]
    public void The_first_violation_is_described_with_the_engine_s_name()
    {
        FirstViolation(new OddEngine { Model = null! })
            .ShouldBe("engine OddEngine describes no model; its Model is null");
        FirstViolation(new OddEngine { Dataset = null! })
            .ShouldBe("engine OddEngine of model odd describes no data set; its Dataset is null");
        FirstViolation(new OddEngine { Device = null! })
            .ShouldBe("engine OddEngine of model odd describes no device; its Device is null");
        FirstViolation(new OddEngine { Model = new("odd", ParameterLayout.Empty, ParameterLayout.Empty) })
            .ShouldBe("engine OddEngine of model odd has no parameters to train");
        FirstViolation(new OddEngine { Model = new OddEngine().Model with { MetricName = " " } })
            .ShouldBe(
                "engine OddEngine of model odd has no name for its metric; its MetricName must be a text of one "
                    + "line, such as accuracy"
            );
        FirstViolation(new OddEngine { Dataset = new("none", 0, 1, "") })
            .ShouldBe("engine OddEngine of model odd has no training samples: its data set none has 0");
        FirstViolation(new OddEngine { Parameters = new float[11] })
            .ShouldBe("engine OddEngine of model odd: its Parameters is 11 values long, and its layout says 12");
        FirstViolation(new OddEngine { Buffers = new float[1] })
            .ShouldBe("engine OddEngine of model odd: its Buffers is 1 value long, and its layout says 0");
    }

    [Fact]
    public void A_replaced_buffer_is_a_violation()
    {
        var engine = new OddEngine();
        var parameters = engine.Parameters;
        EngineContract.FirstMove(engine, parameters, engine.Buffers).ShouldBeNull();

        engine.Parameters = new float[12];

        EngineContract
            .FirstMove(engine, parameters, engine.Buffers)
            .ShouldBe(
                "engine OddEngine of model odd: its Parameters is another buffer than before; it must stay the same "
                    + "until the engine is disposed"
            );
    }

    private static string? FirstViolation(IGradientEngine engine) => EngineContract.FirstViolation(engine);

    private sealed class OddEngine : IGradientEngine
    {
        public ModelDescription Model { get; init; } =
            new("odd", ParameterLayout.Create([("weight", [12])]), ParameterLayout.Empty);

        public DatasetDescription Dataset { get; init; } = new("made-up", 1, 0, "");

        public DeviceDescription Device { get; init; } = new("cpu", "toy", 1);

        public Memory<float> Parameters { get; set; } = new float[12];

        public Memory<float> Buffers { get; init; } = Memory<float>.Empty;

        public void Initialize(long seed) { }

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) => default;

        public Evaluation Evaluate(CancellationToken cancellation) => new(0, 0, 0);

        public void Dispose() { }
    }
}
