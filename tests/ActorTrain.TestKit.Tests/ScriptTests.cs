using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Scripts;
using CsCheck;

namespace ActorTrain.TestKit.Tests;

public sealed class ScriptTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string> Shipped =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "simulations"))
                .Select(file => Path.GetFileName(file)),
        ];

    [Fact]
    public void A_script_gives_the_same_simulation_as_code()
    {
        var script = Read(
            """
            actortrain.simulation {
              seed = 7
              nodes {
                seed { roles = [coordinator, server] }
                gpu { speed = 20000, device = cuda, loads = 2s }
                worker { count = 2, speed = exponential 500, step = 2ms }
              }
              links { latency = 1ms, bandwidth = 10 MB, between = [gpu seed 20ms 1MB] }
              script = [
                "00:10 kill worker-2"
                "00:20.5 slow gpu to 0.25"
                "1:00:30 partition worker-1 gpu", "90s join 3 at trace 0s 100 10s 50"
              ]
            }
            actortrain.job { epochs = 2, batch-size = 7 }
            actortrain.worker.resend-after = 7s
            """
        );

        const string slow = "Speed.Exponential(500) with { PerStep = TimeSpan.FromMilliseconds(2) }";
        const string device = """Device = new DeviceDescription("cuda", "simulated", 1, 0)""";
        const string loads = "Loads = TimeSpan.FromSeconds(2)";
        script
            .Simulation.ToCode()
            .ShouldBe(
                $$"""
                new Simulation(Seed: 7)
                {
                    Settings = "actortrain.worker.resend-after = \"7s\"\n",
                }
                    .WithNode(new NodePlan("seed", ["coordinator", "server"], Speed.Constant(1000)))
                    .WithNode(new NodePlan("gpu", ["worker"], Speed.Constant(20000)) { {{device}}, {{loads}} })
                    .WithNode(new NodePlan("worker-1", ["worker"], {{slow}}))
                    .WithNode(new NodePlan("worker-2", ["worker"], {{slow}}))
                    .WithLinks(TimeSpan.FromMilliseconds(1), 10000000)
                    .WithLink("gpu", "seed", TimeSpan.FromMilliseconds(20), 1000000)
                    .At(seconds: 10, Fault.Kill("worker-2"))
                    .At(seconds: 20.5, Fault.Slow("gpu", to: 0.25))
                    .At(seconds: 3630, Fault.Partition("worker-1", "gpu"))
                    .At(seconds: 90, Fault.Join(3, Speed.Trace((TimeSpan.Zero, 100), (TimeSpan.FromSeconds(10), 50))))
                """.ReplaceLineEndings("\n")
            );
        (script.Job.Epochs, script.Job.BatchSize, script.Engine).ShouldBe((2, 7, ScriptEngine.Analytic));
        script.Simulation.Settings.ShouldBe("actortrain.worker.resend-after = \"7s\"\n");
    }

    [Fact]
    public void Settings_of_all_nodes_apply_to_each_node_that_does_not_override_them()
    {
        var script = Read(
            "actortrain.simulation.node { speed = 50, loads = 0s }\nactortrain.simulation.nodes.a "
                + "{}\nactortrain.simulation.nodes.b { speed = 60 }"
        );
        script
            .Simulation.Nodes.Select(node => $"{node.Name} {node.Speed.Words} {node.Loads.TotalSeconds}")
            .ShouldBe(["seed 1 1", "a 50 0", "b 60 0"]);
    }

    [Fact]
    public void Faults_and_speeds_are_parsed_as_they_are_written()
    {
        var rate = Gen.Double[0.001, 1e6];
        var speed = Gen.OneOf(
            rate.Select(Speed.Constant),
            rate.Select(Speed.Exponential),
            rate.Array[1, 4].Select(rates => Speed.Replayed(rates)),
            Gen.Select(Gen.Int[0, 9999], rate)
                .Array[1, 4]
                .Select(steps => Speed.Trace([.. steps.Select(step => (TimeSpan.FromSeconds(step.Item1), step.Item2))]))
        );
        var node = Gen.Int[1, 3].Select(i => $"worker-{i}");
        var fault = Gen.OneOf<Fault>(
            node.Select(Fault.Kill),
            node.Select(Fault.Restart),
            node.Select(Fault.Freeze),
            node.Select(Fault.Thaw),
            node.Select(Fault.Leave),
            node.Select(Fault.FailEngine),
            Gen.Select(node, Gen.Double[0.001, 1]).Select((name, to) => Fault.Slow(name, to)),
            node.Array[1, 3].Select(Fault.Partition),
            Gen.Const(Fault.HealPartition()),
            Gen.Const(Fault.CutPower()),
            Gen.Const(Fault.RestorePower()),
            Gen.Select(Gen.Int[1, 9], speed).Select(Fault.Join),
            Gen.Select(node, Gen.Int[1, 99]).Select(Fault.NotFinite)
        );
        var parser = new FaultParser(new Simulation(1).WithWorkers(3, Speed.Constant(1)));

        Gen.Select(Gen.Int[0, 100_000], fault)
            .Sample(
                (at, written) =>
                {
                    var (when, read) = parser.Read($"{at}s {written.Words}", right => new ActorTrainException(right));
                    return when == TimeSpan.FromSeconds(at) && read.ToString() == written.ToString();
                }
            );
    }

    [Theory]
    [InlineData(
        "script = [\"00:10 klil worker-1\"]",
        "actortrain.simulation.script has '00:10 klil worker-1' (FILE, line 3); it must be a fault, such as " + "kill."
    )]
    [InlineData(
        "script = [\"00:10 kill worker-9\"]",
        "actortrain.simulation.script has '00:10 kill worker-9' (FILE, line 3); it must be about a node of the "
            + "script: seed, worker-1, worker-2."
    )]
    [InlineData(
        "script = [\"ten kill worker-1\"]",
        "actortrain.simulation.script has 'ten kill worker-1' (FILE, line 3); it must be at a time such as 00:10, "
            + "1:00:00 or 90s, not ten."
    )]
    [InlineData(
        "script = [\"00:75 heal-partition\"]",
        "actortrain.simulation.script has '00:75 heal-partition' (FILE, line 3); it must be at a time such as 00:10, "
            + "1:00:00 or 90s, not 00:75."
    )]
    [InlineData(
        "script = [\"10s slow worker-1 to 2\"]",
        "actortrain.simulation.script has '10s slow worker-1 to 2' (FILE, line 3); it must be with a number more "
            + "than 0 and at most 1, not 2."
    )]
    [InlineData(
        "script = [\"10s slow worker-1\"]",
        "actortrain.simulation.script has '10s slow worker-1' (FILE, line 3); it must be written as slow NODE to 0.25."
    )]
    [InlineData(
        "script = [\"10s join 0 at 5\"]",
        "actortrain.simulation.script has '10s join 0 at 5' (FILE, line 3); it must be with a whole number from 1 to "
            + "100000, not 0."
    )]
    [InlineData(
        "links.between = [seed worker-3 1ms 1MB]",
        "actortrain.simulation.links.between has 'seed worker-3 1ms 1MB' (FILE, line 3); it must be about nodes of "
            + "the script: seed, worker-1, worker-2."
    )]
    [InlineData(
        "links.between = [seed]",
        "actortrain.simulation.links.between has 'seed' (FILE, line 3); it must be two nodes, a latency and bytes a "
            + "second, such as gpu seed 20ms 5MB."
    )]
    [InlineData(
        "nodes.worker.speed = fast",
        "actortrain.simulation.nodes.worker.speed is fast (FILE, line 3); it must be samples a second, such as 1000, "
            + "exponential 1000, replayed 950 1020 990 or trace 0s 1000 30s 250."
    )]
    [InlineData(
        "nodes.worker.sped = 5",
        "unknown key actortrain.simulation.nodes.worker.sped (FILE, line 3); did you mean speed?"
    )]
    [InlineData(
        "nodes.worker.device = tpu",
        "actortrain.simulation.nodes.worker.device is tpu (FILE, line 3); it must be cpu or cuda."
    )]
    [InlineData(
        "nodes.seed.roles = [coordinator]",
        "No node of the script has the role server; one must hold the parameters."
    )]
    [InlineData(
        "engine = torch",
        "actortrain.simulation.engine is torch (FILE, line 3); it must be one of analytic, model."
    )]
    public void An_error_in_a_script_is_one_line_with_its_place(string line, string error) =>
        Should
            .Throw<ActorTrainException>(() =>
                Read(
                    $"actortrain.simulation.nodes.seed {{ roles = [coordinator, server] "
                        + $"}}\nactortrain.simulation.nodes.worker {{ count = 2 }}\nactortrain.simulation.{line}\n"
                )
            )
            .Message.ShouldBe(error.Replace("FILE", _file, StringComparison.Ordinal));

    [Fact]
    public void A_script_without_workers_and_one_with_a_duplicate_name_are_refused()
    {
        Should
            .Throw<ActorTrainException>(() => Read("actortrain.simulation.seed = 1"))
            .Message.ShouldBe(
                "The script has no workers; actortrain.simulation.nodes must have a node with that role, such as "
                    + "worker { count = 4 }."
            );
        Should
            .Throw<ActorTrainException>(() =>
                Read("actortrain.simulation.nodes.a { count = 2 }\nactortrain.simulation.nodes.a-1 {}")
            )
            .Message.ShouldBe("The simulation already has a node 'a-1'; every name must be unique.");
    }

    [Theory, MemberData(nameof(Shipped))]
    public void The_scripts_that_come_with_ActorTrain_succeed(string file)
    {
        var script = SimulationScript.Read(Path.Combine(AppContext.BaseDirectory, "simulations", file));
        script
            .Simulation.Run(script.Job)
            .ShouldSucceed()
            .Time.ShouldBeGreaterThan(script.Simulation.Script.Max(fault => fault.At));
    }

    public void Dispose() => File.Delete(_file);

    private SimulationScript Read(string text)
    {
        File.WriteAllText(_file, text);
        return SimulationScript.Read(_file);
    }
}
