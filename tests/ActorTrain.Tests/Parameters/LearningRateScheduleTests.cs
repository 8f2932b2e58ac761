using ActorTrain.Parameters;

namespace ActorTrain.Tests.Parameters;

/// <summary>10 epochs of 100 samples; an update stands for 10.</summary>
public sealed class LearningRateScheduleTests
{
    [Theory, InlineData(0, 1), InlineData(500, 1), InlineData(990, 1)]
    public void Constant_does_not_change(int applied, double factor) =>
        FactorAt(applied, ScheduleKind.Constant).ShouldBe(factor);

    [Theory, InlineData(0, 1), InlineData(290, 1), InlineData(300, 0.5), InlineData(590, 0.5), InlineData(600, 0.25)]
    public void Step_is_cut_every_so_many_epochs(int applied, double factor) =>
        FactorAt(applied, ScheduleKind.Step).ShouldBe(factor);

    [Theory, InlineData(0, 1), InlineData(500, 0.55), InlineData(1000, 0.1)]
    public void Cosine_falls_to_its_floor(int applied, double factor) =>
        FactorAt(applied, ScheduleKind.Cosine).ShouldBe(factor, 1e-12);

    [Theory, InlineData(0, 0.05), InlineData(90, 0.5), InlineData(180, 0.95), InlineData(190, 1), InlineData(200, 1)]
    public void Warm_up_rises_linearly_and_the_first_update_counts(int applied, double factor) =>
        FactorAt(applied, ScheduleKind.Constant, warmUp: 2).ShouldBe(factor, 1e-12);

    [Fact]
    public void Cosine_begins_after_the_warm_up()
    {
        FactorAt(200, ScheduleKind.Cosine, warmUp: 2).ShouldBe(1, 1e-12);
        FactorAt(600, ScheduleKind.Cosine, warmUp: 2).ShouldBe(0.55, 1e-12);
    }

    [Fact]
    public void A_warm_up_longer_than_the_job_never_ends() =>
        FactorAt(990, ScheduleKind.Cosine, warmUp: 20).ShouldBe(0.5, 1e-12);

    private static double FactorAt(int applied, ScheduleKind kind, double warmUp = 0) =>
        new LearningRateSchedule(
            new ScheduleOptions(kind, warmUp, StepEpochs: 3, StepFactor: 0.5, Floor: 0.1),
            epochs: 10,
            samplesPerEpoch: 100
        ).FactorAt(applied, samples: 10);
}
