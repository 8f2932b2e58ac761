using ActorTrain.TestKit.Exploration;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using CsCheck;

namespace ActorTrain.TestKit.Tests;

public sealed class ShrinkingTests
{
    private static readonly Simulation Cluster = new Simulation(Seed: 1) { Limit = TimeSpan.FromSeconds(120) }
        .WithSeed()
        .WithWorkers(3, Speed.Constant(200));

    [Fact]
    public void Ten_faults_of_which_two_matter_are_shrunk_to_these_two()
    {
        var ten = Enumerable
            .Range(0, 10)
            .Aggregate(
                Cluster,
                (script, i) =>
                    script.At(
                        i,
                        i % 2 == 0 ? Fault.Slow("worker-1", to: 0.1 + 0.05 * i) : Fault.Partition($"worker-{i}")
                    )
            );
        var (one, other) = (ten.Script[3], ten.Script[8]);
        Shrinking
            .Smallest(ten, script => script.Script.Contains(one) && script.Script.Contains(other))
            .Script.ShouldBe([one, other]);
    }

    [Fact]
    public void No_single_fault_of_a_shrunk_script_can_be_dropped()
    {
        Gen.Select(Gen.Int[0, 1 << 10].Array[1, 4], Gen.Int[1, 10])
            .Sample(
                (sets, count) =>
                {
                    var faults = Enumerable
                        .Range(0, count)
                        .Select(i => (TimeSpan.FromSeconds(i), Fault.Kill($"worker-{i}")))
                        .ToList();
                    // A script breaks if it contains one of these sets of faults.
                    bool Breaks(Simulation script) =>
                        sets.Any(set => faults.Where((_, i) => (set >> i & 1) == 1).All(script.Script.Contains));
                    var whole = Cluster with { Script = faults };
                    if (!Breaks(whole))
                        return;
                    var smallest = Shrinking.Smallest(whole, Breaks);
                    Breaks(smallest).ShouldBeTrue();
                    for (var i = 0; i < smallest.Script.Count; i++)
                        Breaks(Without(smallest, i)).ShouldBeFalse();
                }
            );
    }

    [Fact]
    public void A_script_that_breaks_without_faults_shrinks_to_none() =>
        Shrinking.Smallest(Cluster.At(1, Fault.HealPartition()), _ => true).Script.ShouldBeEmpty();

    /// <summary>The loss of the seed ends the job; the faults at workers do not matter.</summary>
    [Fact]
    public void A_script_is_shrunk_to_the_fault_that_breaks_its_run()
    {
        var lost = Cluster
            .At(5, Fault.Freeze("worker-1"))
            .At(6, Fault.Slow("worker-2", to: 0.5))
            .At(9, Fault.Thaw("worker-1"))
            .At(10, Fault.Kill("seed"))
            .At(11, Fault.Kill("worker-3"));
        var shrunk = new SmallestScript(script => script.Run(Jobs.Create())).Shrink(lost);
        shrunk.Script.Select(fault => fault.Fault).ShouldBe([Fault.Kill("seed")]);
    }

    [Fact]
    public void A_fault_that_ends_a_trouble_is_not_dropped_before_the_trouble_is()
    {
        var whole = Cluster
            .At(5, Fault.Freeze("seed"))
            .At(7, Fault.Thaw("seed"))
            .At(8, Fault.Partition("worker-1"))
            .At(9, Fault.HealPartition());
        Shrinking.LeavesTroubleOpen(Without(whole, 1), whole).ShouldBeTrue();
        Shrinking.LeavesTroubleOpen(Without(whole, 3), whole).ShouldBeTrue();
        Shrinking.LeavesTroubleOpen(Without(whole, 0), whole).ShouldBeFalse();
        Shrinking.LeavesTroubleOpen(Without(Without(whole, 0), 0), whole).ShouldBeFalse();
    }

    [Fact]
    public void The_explorer_reports_the_smallest_script_as_code_and_what_was_wrong()
    {
        // A tenth of the time that a job takes, so every script breaks, also one without faults.
        var hurried = Explorer.Cluster(seed: 1) with
        {
            Limit = TimeSpan.FromSeconds(5),
        };
        var message = Should
            .Throw<CsCheckException>(() => new Explorer(hurried, Jobs.Create()).Run(scripts: 4))
            .Message;
        message.ShouldStartWith(
            "Script 1 breaks a law. The smallest script found that breaks it, without a fault to spare:\nThe job "
                + "did not succeed: The job has not ended after 5 s"
        );
        message.ShouldContain("Limit = TimeSpan.FromSeconds(5)");
        message.ShouldNotContain(".At(");
        message.ShouldEndWith("    .Run(job);\nresult.ShouldSucceed();");
    }

    private static Simulation Without(Simulation script, int place) =>
        script with
        {
            Script = script.Script.Where((_, i) => i != place).ToList(),
        };
}
