using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

public sealed class EngineContractTests
{
    [Fact]
    public void An_engine_that_keeps_it_is_not_spoken_of() =>
        EngineContract.FirstViolation(new OddEngine()).ShouldBeNull();

    [Fact]
    public void The_first_thing_that_is_not_kept_is_said_with_the_engine_s_name()
    {
        Of(new OddEngine { Model = null! }).ShouldBe("engine OddEngine describes no model; its Model is null");
        Of(new OddEngine { Dataset = null! })
            .ShouldBe("engine OddEngine of model odd describes no data set; its Dataset is null");
        Of(new OddEngine { Device = null! })
            .ShouldBe("engine OddEngine of model odd describes no device; its Device is null");
        Of(new OddEngine { Model = new("odd", ParameterLayout.Empty, ParameterLayout.Empty) })
            .ShouldBe("engine OddEngine of model odd has no parameters to train");
        Of(new OddEngine { Model = new OddEngine().Model with { MetricName = " " } })
            .ShouldBe(
                "engine OddEngine of model odd has no name for its metric; its MetricName must be a text of one "
                    + "line, such as accuracy"
            );
        Of(new OddEngine { Dataset = new("none", 0, 1, "") })
            .ShouldBe("engine OddEngine of model odd has no training samples: its data set none has 0");
        Of(new OddEngine { Parameters = new float[11] })
            .ShouldBe("engine OddEngine of model odd: its Parameters is 11 values long, and its layout says 12");
        Of(new OddEngine { State = new float[1] })
            .ShouldBe("engine OddEngine of model odd: its State is 1 value long, and its layout says 0");
    }

    [Fact]
    public void Buffers_stay_where_they_are()
    {
        var engine = new OddEngine();
        var parameters = engine.Parameters;
        EngineContract.FirstMove(engine, parameters, engine.State).ShouldBeNull();

        engine.Parameters = new float[12];

        EngineContract
            .FirstMove(engine, parameters, engine.State)
            .ShouldBe(
                "engine OddEngine of model odd: its Parameters is another buffer than before; it must keep its place "
                    + "for the engine's whole life"
            );
    }

    private static string? Of(IGradientEngine engine) => EngineContract.FirstViolation(engine);

    private sealed class OddEngine : IGradientEngine
    {
        public ModelDescription Model { get; init; } =
            new("odd", ParameterLayout.Of([("weight", [12])]), ParameterLayout.Empty);

        public DatasetDescription Dataset { get; init; } = new("made-up", 1, 0, "");

        public DeviceDescription Device { get; init; } = new("cpu", "toy", 1);

        public Memory<float> Parameters { get; set; } = new float[12];

        public Memory<float> State { get; init; } = Memory<float>.Empty;

        public void Initialize(long seed) { }

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) => default;

        public Evaluation Evaluate(CancellationToken cancellation) => new(0, 0, 0);

        public void Dispose() { }
    }
}
