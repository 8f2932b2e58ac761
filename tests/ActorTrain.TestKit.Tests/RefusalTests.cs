using ActorTrain.Parameters;
using ActorTrain.TestKit.Exploration;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>
/// Errors are refused before the run, in one sentence that has the value and what it must be.
/// </summary>
public sealed class RefusalTests
{
    private static readonly Simulation Two = new Simulation(Seed: 1).WithSeed().WithWorkers(2, Speed.Constant(100));

    [Theory]
    [InlineData(
        "actortrain.worker.resend-aftr = 5s",
        "unknown key actortrain.worker.resend-aftr (Simulation.Settings, line 1); did you mean resend-after?"
    )]
    [InlineData(
        "\nactortrain.worker.resend-after = soon",
        "actortrain.worker.resend-after is soon (Simulation.Settings, line 2); it must be a duration such as 10s, "
            + "500ms or 2m."
    )]
    [InlineData(
        "actortrain.coordinator.lease-timeout = -5s",
        "actortrain.coordinator.lease-timeout is -5s (Simulation.Settings, line 1); it must be 10ms or more."
    )]
    [InlineData(
        "actortrain.supervision.stable-after = 0s",
        "actortrain.supervision.stable-after is 0s (Simulation.Settings, line 1); it must be 1s or more."
    )]
    [InlineData("actortrain.worker {", "Simulation.Settings, line 1: the { of this line is never closed; add a }.")]
    [InlineData(
        "actortrain.job.epochs = 3",
        "actortrain.job.epochs (Simulation.Settings, line 1) is a setting of the job and not of the nodes; give it "
            + "to JobOptionsReader.Read, or to the job itself."
    )]
    [InlineData(null, "Simulation.Settings is null; it must be HOCON, such as actortrain.worker.resend-after = 5s.")]
    public void Settings_that_do_not_exist_or_are_not_valid_are_refused(string? settings, string error) =>
        Refused(() => Two with { Settings = settings! }, error);

    [Fact]
    public void The_simulation_overrides_settings_of_time_and_threads()
    {
        const string threads =
            "akka.scheduler.implementation = "
            + "\"Akka.Actor.HashedWheelTimerScheduler\"\nactortrain.compute-dispatcher.type = PinnedDispatcher";
        (Two with { Settings = threads }).Run(Jobs.Create()).ShouldSucceed().Hash.ShouldBe(Two.Run(Jobs.Create()).Hash);
    }

    public static TheoryData<string, Action> Numbers =>
        new()
        {
            { "At: seconds is -1; it must be from 0 to 100000000.", () => Two.At(-1, Fault.HealPartition()) },
            { "At: seconds is NaN; it must be from 0 to 100000000.", () => Two.At(double.NaN, Fault.HealPartition()) },
            {
                "Simulation.Script: At is -1 s; it must be 0 s or more.",
                () => Use(Two with { Script = [(TimeSpan.FromSeconds(-1), Fault.HealPartition())] })
            },
            { "Simulation.Limit is 0 s; it must be more than 0 s.", () => Use(Two with { Limit = TimeSpan.Zero }) },
            { "Fault.Slow: to is 0; it must be more than 0 and at most 1.", () => Fault.Slow("worker-1", to: 0) },
            { "Fault.Slow: to is 1.1; it must be more than 0 and at most 1.", () => Fault.Slow("worker-1", to: 1.1) },
            {
                "Fault.Slow: to is NaN; it must be more than 0 and at most 1.",
                () => Fault.Slow("worker-1", to: double.NaN)
            },
            { "Fault.Join: count is 0; it must be 1 or more.", () => Fault.Join(0, Speed.Constant(1)) },
            { "Fault.NotFinite: gradients is 0; it must be 1 or more.", () => Fault.NotFinite("worker-1", 0) },
            { "Speed.Constant: samplesPerSecond is 0; it must be more than 0.", () => Speed.Constant(0) },
            { "Speed.Exponential: samplesPerSecond is -3; it must be more than 0.", () => Speed.Exponential(-3) },
            { "Speed.Replayed: samplesPerSecond is NaN; it must be more than 0.", () => Speed.Replayed(5, double.NaN) },
            {
                "Speed.Trace: samplesPerSecond is Infinity; it must be more than 0.",
                () => Speed.Trace((TimeSpan.Zero, double.PositiveInfinity))
            },
            { "Speed.Trace: From is -1 s; it must be 0 s or more.", () => Speed.Trace((TimeSpan.FromSeconds(-1), 5)) },
            {
                "Speed.Trace: From is 1 s twice; it must be another time for each step.",
                () => Speed.Trace((TimeSpan.FromSeconds(1), 5), (TimeSpan.FromSeconds(1), 6))
            },
            {
                "Speed.PerStep is -1 s; it must be 0 s or more.",
                () => Use(Speed.Constant(1) with { PerStep = TimeSpan.FromSeconds(-1) })
            },
            { "WithWorkers: count is 0; it must be 1 or more.", () => Two.WithWorkers(0, Speed.Constant(1)) },
            {
                "NodePlan.Loads is -1 s; it must be 0 s or more.",
                () => Use(new NodePlan("a", ["worker"], Speed.Constant(1)) { Loads = TimeSpan.FromSeconds(-1) })
            },
            { "WithLinks: latency is -1 s; it must be 0 s or more.", () => Two.WithLinks(TimeSpan.FromSeconds(-1), 1) },
            {
                "WithLinks: bytesPerSecond is 0; it must be 1 or more, or double.PositiveInfinity for no limit.",
                () => Two.WithLinks(TimeSpan.Zero, 0)
            },
            {
                "WithLink: bytesPerSecond is NaN; it must be 1 or more, or double.PositiveInfinity for no limit.",
                () => Two.WithLink("seed", "worker-1", TimeSpan.Zero, double.NaN)
            },
            {
                "NetworkOptions.BytesPerSecond is -1; it must be 1 or more, or double.PositiveInfinity for no limit.",
                () => Use(NetworkOptions.Default with { BytesPerSecond = -1 })
            },
            {
                "CostOptions.PerPush is -1 s; it must be 0 s or more.",
                () => Use(new CostOptions(TimeSpan.FromSeconds(-1), 0))
            },
            {
                "CostOptions.SecondsPerParameter is NaN; it must be from 0 to 1.",
                () => Use(new CostOptions(TimeSpan.Zero, double.NaN))
            },
            {
                "MembershipTimes.Join is -1 s; it must be 0 s or more.",
                () => Use(new MembershipTimes { Join = TimeSpan.FromSeconds(-1) })
            },
            {
                "MembershipTimes.Look is 0 s; it must be more than 0 s.",
                () => Use(new MembershipTimes { Look = TimeSpan.Zero })
            },
            { "AnalyticEngines: parameters is 0; it must be 1 or more.", () => AnalyticEngines.Small(0) },
            { "AnalyticEngines: noise is NaN; it must be 0 or more.", () => AnalyticEngines.Small(noise: float.NaN) },
            {
                "AnalyticEngines: trainSamples is 0; it must be 1 or more.",
                () => AnalyticEngines.Small(trainSamples: 0)
            },
            {
                "AnalyticEngines: curvatures is NaN; it must be a finite number.",
                () => Use(new AnalyticEngines([1, float.NaN]))
            },
            {
                "Explorer.Run: scripts is 0; it must be 1 or more.",
                () => new Explorer(Explorer.Cluster(1), Jobs.Create()).Run(scripts: 0)
            },
            {
                "Explorer.Within is 0; it must be from 0.1 to 1000000.",
                () => Use(new Explorer(Explorer.Cluster(1), Jobs.Create()) { Within = 0 })
            },
        };

    [Theory, MemberData(nameof(Numbers))]
    public void Numbers_and_times_out_of_range_are_refused(string error, Action given) => Refused(given, error);

    public static TheoryData<string, Action> Missing =>
        new()
        {
            {
                "What Fault.Partition takes is empty; it must be the names of one node or more.",
                () => Fault.Partition()
            },
            { "Fault.Kill: node is empty; it must be a node's name, such as worker-1.", () => Fault.Kill(" ") },
            {
                "Fault.Join: speed is null; it must be a speed, such as Speed.Constant(1000).",
                () => Fault.Join(1, null!)
            },
            { "At: fault is null; it must be a fault, such as Fault.Kill(\"worker-1\").", () => Two.At(1, null!) },
            {
                "What Speed.Replayed takes is empty; it must be one speed or more, in samples a second.",
                () => Speed.Replayed()
            },
            {
                "What Speed.Trace takes is empty; it must be one step or more, each a time and samples a second.",
                () => Speed.Trace()
            },
            {
                "AnalyticEngines: curvatures is empty; it must be one number a parameter, and one at least.",
                () => Use(new AnalyticEngines([]))
            },
            {
                "NodePlan.Name is null; it must be a node's name, such as worker-1.",
                () => Use(new NodePlan(null!, ["worker"], Speed.Constant(1)))
            },
            {
                "NodePlan.Roles has 'wroker'; did you mean worker?",
                () => Use(new NodePlan("a", ["wroker"], Speed.Constant(1)))
            },
            {
                "NodePlan.Speed is null; it must be a speed, such as Speed.Constant(1000).",
                () => Two.WithWorkers(1, null!)
            },
            {
                "Simulation.Engines is null; it must be left out, or be given.",
                () => Use(Two with { Engines = null! })
            },
            { "The simulation already has a node 'seed'; every name must be unique.", () => Two.WithSeed() },
            {
                "WithLink: other is 'seed' as well; it must be another node than one.",
                () => Two.WithLink("seed", "seed", TimeSpan.Zero, 1)
            },
        };

    [Theory, MemberData(nameof(Missing))]
    public void Missing_misspelt_and_duplicate_values_are_refused(string error, Action given) => Refused(given, error);

    private static void Refused(Func<object?> given, string error) =>
        Refused(
            () =>
            {
                given();
            },
            error
        );

    private static void Refused(Action given, string error) =>
        Should.Throw<ActorTrainException>(given).Message.ShouldBe(error);

    private static void Use(object _) { }
}
