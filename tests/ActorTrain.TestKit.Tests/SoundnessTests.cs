using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>The messages about a job that did not succeed.</summary>
public sealed class SoundnessTests
{
    private static readonly Simulation Four = new Simulation(Seed: 1) { Limit = TimeSpan.FromSeconds(60) }
        .WithSeed()
        .WithWorkers(4, Speed.Constant(200));

    private static readonly Simulation Separate = Four with
    {
        Nodes =
        [
            new NodePlan("first", ["coordinator"], Speed.Constant(1)),
            new NodePlan("server", ["server"], Speed.Constant(1)),
            .. Four.Nodes.Skip(1),
        ],
    };

    [Fact]
    public void A_job_that_lacks_workers_says_how_many_it_waits_for()
    {
        var result = Four.Run(Jobs.Create("minimum-workers = 6"));
        result.HasEnded.ShouldBeFalse();
        result.Progress!.Phase.ShouldBe(JobPhase.WaitingForWorkers);
        result.Failure.ShouldBe(
            "The job has not ended after 60 s of virtual time: "
                + "its phase is waiting for workers (4 of 6 workers ready), in epoch 1 of 3, with 0 samples applied."
        );
    }

    [Fact]
    public void A_job_whose_workers_are_gone_says_its_progress_what_it_waits_for_and_which_nodes_do_not_run()
    {
        var lost = Four.At(seconds: 10, Fault.Freeze("worker-1"))
            .At(seconds: 11, Fault.Kill("worker-2"))
            .At(seconds: 12, Fault.Partition("worker-3", "worker-4"));
        var result = lost.Run(Jobs.Create());
        var applied = result.Progress!.SamplesApplied;
        applied.ShouldBeInRange(4_000, 9_000);
        result.Failure.ShouldBe(
            "The job has not ended after 60 s of virtual time: its phase is training (waiting for workers to join), "
                + FormattableString.Invariant($"in epoch 1 of 3, with {applied:#,0} of 30,000 samples applied; ")
                + "worker-2 is killed, or gone; worker-1 is frozen; worker-3, worker-4 are cut off."
        );
    }

    [Fact]
    public void A_job_without_a_coordinator_says_so()
    {
        Four.At(seconds: 0, Fault.Kill("seed"))
            .Run(Jobs.Create())
            .Failure.ShouldBe(
                "The job has not ended after 60 s of virtual time: it has sent no progress; no node hosts the "
                    + "coordinator; seed is killed, or gone."
            );

        Separate
            .At(seconds: 10.5, Fault.Kill("first"))
            .Run(Jobs.Create())
            .Failure.ShouldBe("The coordinator of the job is lost, and no other node can go on with it.");
    }

    [Fact]
    public void The_assertion_has_the_failure_the_last_events_and_the_code()
    {
        var result = Four.At(seconds: 10, Fault.Partition("worker-1", "worker-2", "worker-3", "worker-4"))
            .Run(Jobs.Create());
        var lines = Should.Throw<SimulationFailedException>(result.ShouldSucceed).Message.Split('\n');
        lines[0].ShouldBe($"The job did not succeed: {result.Failure}");
        var heading = Array.IndexOf(lines, "Last events:");
        lines[heading + 1].ShouldMatch(@"^  \d+\.\d{3} s worker-\w+ worker-\d: .+; .+$");
        lines[(heading + 1)..].TakeWhile(line => line.Length > 0).Count().ShouldBe(10);
        string.Join('\n', lines).ShouldEndWith($"\nTo run it again:\n{result.ToCode()}");
    }

    [Fact]
    public void A_job_that_failed_says_why_and_has_ended()
    {
        var result = Separate.At(seconds: 10, Fault.Kill("server")).Run(Jobs.Create());
        result.HasEnded.ShouldBeTrue();
        Should
            .Throw<SimulationFailedException>(result.ShouldSucceed)
            .Message.ShouldStartWith("The job did not succeed: The job failed: the server node server is lost");
    }

    [Fact]
    public void A_broken_law_fails_the_assertion_and_a_sound_run_passes()
    {
        var sound = Four.Run(Jobs.Create());
        sound.ShouldSucceed().ShouldBeSameAs(sound);
        Should
            .Throw<SimulationFailedException>(
                (sound with { Violations = ["shard 0 went back from version 2 to 1"] }).ShouldSucceed
            )
            .Message.ShouldStartWith(
                "The job ended, but broke a law.\nshard 0 went back from version 2 to 1\n\nTo run it again:\nusing "
                    + "System;\n"
            );
    }
}
