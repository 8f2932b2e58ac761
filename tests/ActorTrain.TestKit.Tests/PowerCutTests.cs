using System.Text.RegularExpressions;
using ActorTrain.TestKit.Exploration;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.TestKit.Tests;

/// <summary>All nodes are lost at one time, and what they have on disk stays.</summary>
public sealed class PowerCutTests
{
    private const string Checkpoints = "shards = 2\n checkpoint.every = 1000 samples";

    private static readonly string[] Modes =
    [
        "consistency.name = asynchronous",
        "consistency { name = bounded, bounded.staleness = 2 }",
        "consistency.name = synchronous",
        "optimizer { name = adam, learning-rate = 0.01 }",
    ];

    public static TheoryData<string> AllModes => [.. Modes];

    private static Simulation Cluster =>
        Explorer.DefaultCluster(seed: 1) with
        {
            Engines = AnalyticEngines.Small(parameters: 40, noise: 0.1f),
        };

    [Theory, MemberData(nameof(AllModes))]
    public void A_job_goes_on_from_its_newest_checkpoint_without_a_command(string mode)
    {
        var result = Cluster
            .At(seconds: 30, Fault.CutPower())
            .At(seconds: 40, Fault.RestorePower())
            .Run(Jobs.Create($"{Checkpoints}\n {mode}"))
            .ShouldSucceed();

        result.Report!.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
        result.Events.Count(raised => raised.Kind == CheckpointResumed).ShouldBe(1);
    }

    [Fact]
    public void A_job_goes_on_from_the_checkpoint_that_another_node_has_written()
    {
        var result = Cluster
            .At(seconds: 20, Fault.Kill("seed"))
            .At(seconds: 22, Fault.Restart("seed"))
            .At(seconds: 35, Fault.CutPower())
            .At(seconds: 45, Fault.RestorePower())
            .Run(Jobs.Create(Checkpoints))
            .ShouldSucceed();

        var resumed = result.Events.Single(raised => raised.Kind == CheckpointResumed);
        var written = result
            .Events.TakeWhile(raised => raised != resumed)
            .Last(raised => raised.Kind == CheckpointWritten);
        Samples(resumed.Action).ShouldBe(Samples(written.Reason));

        static string Samples(string text) => Regex.Match(text, @"with ([\d,]+) samples applied").Groups[1].Value;
    }

    [Fact]
    public void A_deterministic_job_has_the_same_bits_whether_there_is_a_power_cut_or_not()
    {
        var job = Jobs.Create(
            $"{Checkpoints}\n consistency {{ name = synchronous, synchronous {{ global-batch-size = 40, "
                + "deterministic = on } }\n optimizer { name = adam, learning-rate = 0.01 }"
        );
        var alone = Cluster.Run(job).ShouldSucceed();
        var interrupted = Cluster
            .At(seconds: 27.3, Fault.CutPower())
            .At(seconds: 30, Fault.RestorePower())
            .Run(job)
            .ShouldSucceed();

        interrupted.Events.ShouldContain(raised => raised.Kind == CheckpointResumed);
        interrupted.Model!.Parameters.ToArray().ShouldBe(alone.Model!.Parameters.ToArray());
    }

    [Fact]
    public void A_simulation_with_a_power_cut_is_the_same_again()
    {
        var script = Cluster.At(seconds: 30, Fault.CutPower()).At(seconds: 40, Fault.RestorePower());
        var job = Jobs.Create(Checkpoints);

        script.Run(job).Hash.ShouldBe(script.Run(job).Hash);
    }

    [Fact]
    public void A_job_that_has_not_begun_waits_for_its_workers_again_after_a_power_cut()
    {
        var result = (new Simulation(Seed: 1).WithSeed() with { Engines = AnalyticEngines.Small(parameters: 40) })
            .At(seconds: 10, Fault.CutPower())
            .At(seconds: 15, Fault.RestorePower())
            .At(seconds: 30, Fault.Join(2, Speed.Constant(200)))
            .Run(Jobs.Create(Checkpoints))
            .ShouldSucceed();

        result.Report!.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
    }
}
