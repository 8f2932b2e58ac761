using System.Globalization;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using CsCheck;

namespace ActorTrain.TestKit.Tests.Replaying;

/// <summary>Clusters, scripts and jobs in which every value may differ from its default.</summary>
internal static class RandomRuns
{
    private static readonly Gen<TimeSpan> Short = Gen.Int[0, 20_000_000].Select(ticks => TimeSpan.FromTicks(ticks));

    private static readonly Gen<Speed> Speeds = Gen.Select(
        Gen.OneOf(
            Gen.Double[100, 2_000].Select(Speed.Constant),
            Gen.Double[100, 2_000].Select(Speed.Exponential),
            Gen.Double[100, 2_000].Array[1, 4].Select(rates => Speed.Replayed(rates)),
            Gen.Double[100, 2_000]
                .Array[1, 3]
                .Select(rates => Speed.Trace([.. rates.Select((rate, i) => (TimeSpan.FromSeconds(3.3 * i), rate))]))
        ),
        Gen.Int[0, 9_999],
        (speed, ticks) => speed with { PerStep = TimeSpan.FromTicks(ticks) }
    );

    private static readonly Gen<NodePlan> Plans = Gen.Select(
        Speeds,
        Short,
        Gen.Bool,
        (speed, loads, isGpu) =>
            new NodePlan("gpu \"one\"\\", [NodeRoles.Worker, NodeRoles.Server], speed)
            {
                Loads = loads,
                Device = isGpu ? new DeviceDescription("cuda:0", "a \u2028 \t GPU", 2, 1L << 40) : NodePlan.Processor,
            }
    );

    private static readonly Gen<Fault> Faults = Gen.Int[2, 4]
        .Select(i => $"worker-{i}")
        .SelectMany(node =>
            Gen.OneOf(
                Gen.Const(Fault.Kill(node)),
                Gen.Const(Fault.Restart(node)),
                Gen.Const(Fault.Freeze(node)),
                Gen.Const(Fault.Thaw(node)),
                Gen.Double[0.01, 1].Select(to => Fault.Slow(node, to)),
                Gen.Const(Fault.Partition(node, "gpu \"one\"\\")),
                Gen.Const(Fault.HealPartition()),
                Gen.Const(Fault.CutPower()),
                Gen.Const(Fault.RestorePower()),
                Gen.Const(Fault.Leave(node)),
                Gen.Select(Gen.Int[1, 2], Speeds, Fault.Join),
                Gen.Const(Fault.FailEngine(node)),
                Gen.Int[1, 2].Select(gradients => Fault.NotFinite(node, gradients))
            )
        );

    private static readonly Gen<AnalyticEngines> Engines = Gen.OneOf(
        Gen.Const(AnalyticEngines.Small()),
        Gen.Select(
            Gen.Int[1, 20],
            Gen.Int[500, 2_000],
            Gen.Float[0, 0.5f],
            (parameters, samples, noise) => AnalyticEngines.Small(parameters, samples, noise, 7)
        ),
        Gen.Float[0.01f, 1].Array[1, 5].Select(curvatures => new AnalyticEngines(curvatures, 900))
    );

    private static readonly Gen<MembershipTimes> Times = Gen.Select(
        Short,
        Short,
        Short,
        (one, two, three) =>
            new MembershipTimes
            {
                Join = one,
                Gone = two,
                Look = three + TimeSpan.FromMilliseconds(1),
                Restart = one + two,
            }
    );

    private static readonly Gen<Simulation> Clusters = Gen.Select(
        Gen.Select(Gen.Long, Engines, Times, Short, Gen.Double[1e4, 1e9]),
        Gen.Select(Plans, Speeds, Speeds, Gen.Int[0, 3]),
        (given, nodes) =>
            new Simulation(given.Item1)
            {
                Limit = TimeSpan.FromSeconds(40.25),
                Engines = given.Item2,
                Times = given.Item3,
                Costs = nodes.Item4 == 0 ? CostOptions.Default : new CostOptions(given.Item4 / 1000, 1 / given.Item5),
                Settings =
                    nodes.Item4 < 2
                        ? ""
                        : "actortrain.worker.resend-after = \"3s\"\nactortrain.coordinator {\n  lease-timeout = 9s # "
                            + "\"so\"\n}",
            }
                .WithSeed()
                .WithNode(nodes.Item1)
                .WithWorkers(2, nodes.Item2)
                .WithWorkers(1, nodes.Item3)
                .WithLinks(given.Item4 / 1000, given.Item5)
                .WithLink("worker-2", "seed", given.Item4 / 100, given.Item5 * 1.7)
    );

    private static readonly Gen<JobOptions> Jobs = Gen.Select(
        Gen.Float[1e-4f, 0.02f],
        Gen.Int[1, 40],
        Gen.Int[1, 2],
        Gen.Bool,
        Gen.Int[0, 5],
        Gen.Int[0, 7],
        (rate, batch, epochs, isOn, consistency, staleness) =>
            JobOptionsReader.Read(null, [.. Overrides(rate, batch, epochs, isOn, consistency, staleness)])
    );

    /// <summary>A simulation with a script, and a job to run in it.</summary>
    public static Gen<(Simulation Simulation, JobOptions Job)> All { get; } =
        Gen.Select(
            Clusters,
            Gen.Select(Gen.Double[0, 15], Faults).Array[0, 6],
            Jobs,
            (cluster, faults, job) =>
                (faults.Aggregate(cluster, (script, fault) => script.At(fault.Item1, fault.Item2)), job)
        );

    private static IEnumerable<SettingOverride> Overrides(
        float rate,
        int batch,
        int epochs,
        bool isOn,
        int consistency,
        int staleness
    )
    {
        var settings = new List<(string Key, string Value)>
        {
            ("name", "a \"job\"\\"),
            ("epochs", $"{epochs}"),
            ("batch-size", $"{batch}"),
            ("optimizer.learning-rate", rate.ToString("R", CultureInfo.InvariantCulture)),
            ("gradient-clip-norm", isOn ? "1.5" : "0"),
            ("seed", $"{batch * 7}"),
            ("shards", consistency == 2 || !isOn ? "1" : "2"),
            ("max-in-flight-pushes", isOn ? "1" : "0"),
            ("schedule.name", isOn ? "step" : "constant"),
            ("balance.repeat", isOn ? "on" : "off"),
            ("micro-batches-per-lease", $"{1 + staleness}"),
            ("model.name", isOn ? "mlp" : "cnn"),
            ("data.augmentation.crop-padding", $"{staleness}"),
            ("staleness.rest", "1.5s"),
            (
                "staleness.policy",
                (
                    (string[])
                        [
                            "accept",
                            "inverse",
                            "staleness-aware",
                            "dc-asgd",
                            "dc-asgd-adaptive",
                            "gap-aware",
                            "delay-threshold",
                            "accept",
                        ]
                )[staleness]
            ),
        };
        settings.AddRange(
            consistency switch
            {
                0 => [("consistency.name", "synchronous")],
                1 => [("consistency.name", "synchronous"), ("consistency.synchronous.global-batch-size", "60")],
                2 => [("consistency.name", "synchronous"), ("consistency.synchronous.backup-workers", "1")],
                3 =>
                [
                    ("consistency.name", "bounded"),
                    ("consistency.bounded.staleness", "2"),
                    ("consistency.bounded.max-staleness", "5"),
                ],
                4 =>
                [
                    ("local-steps.steps", "4"),
                    ("local-steps.follow-speed", isOn ? "on" : "off"),
                    ("optimizer.name", "adamw"),
                ],
                _ => [],
            }
        );
        return settings.Select(setting => new SettingOverride($"actortrain.job.{setting.Key}", setting.Value, "test"));
    }
}
