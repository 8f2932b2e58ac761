using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>What a test is told whose job did not end as it should.</summary>
public sealed class SoundnessTests
{
    private static readonly Simulation Four = new Simulation(Seed: 1) { Limit = TimeSpan.FromSeconds(60) }
        .WithSeed()
        .WithWorkers(4, Speed.Constant(200));

    private static readonly Simulation Apart = Four with
    {
        Nodes =
        [
            new NodePlan("first", ["coordinator"], Speed.Constant(1)),
            new NodePlan("server", ["server"], Speed.Constant(1)),
            .. Four.Nodes.Skip(1),
        ],
    };

    [Fact]
    public void A_job_that_lacks_workers_says_that_it_is_gathering_them_and_how_many_it_needs()
    {
        var result = Four.Run(Jobs.Of("minimum-workers = 6"));
        result.HasEnded.ShouldBeFalse();
        result.Progress!.Phase.ShouldBe(JobPhase.Gathering);
        result.Failure.ShouldBe(
            "The job has not ended after 60 s of virtual time: "
                + "its phase is gathering (4 of 6 workers ready), in epoch 1 of 3, with 0 samples applied."
        );
    }

    [Fact]
    public void A_job_whose_workers_are_gone_says_its_phase_how_far_it_is_what_it_waits_for_and_who_is_not_at_work()
    {
        var lost = Four.At(seconds: 10, Fault.Freeze("worker-1"))
            .At(seconds: 11, Fault.Kill("worker-2"))
            .At(seconds: 12, Fault.Cut("worker-3", "worker-4"));
        var result = lost.Run(Jobs.Of());
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
            .Run(Jobs.Of())
            .Failure.ShouldBe(
                "The job has not ended after 60 s of virtual time: nothing was heard of it; no node holds the "
                    + "coordinator; seed is killed, or gone."
            );

        Apart
            .At(seconds: 10.5, Fault.Kill("first"))
            .Run(Jobs.Of())
            .Failure.ShouldBe("The coordinator of the job is lost, and no other node can go on with it.");
    }

    [Fact]
    public void The_assertion_tells_that_and_what_happened_last_and_the_code_that_runs_it_again()
    {
        var result = Four.At(seconds: 10, Fault.Cut("worker-1", "worker-2", "worker-3", "worker-4")).Run(Jobs.Of());
        var lines = Should.Throw<SimulationFailedException>(result.ShouldBeSound).Message.Split('\n');
        lines[0].ShouldBe($"The job did not end as it should: {result.Failure}");
        var told = Array.IndexOf(lines, "What happened last:");
        lines[told + 1].ShouldMatch(@"^  \d+\.\d{3} s worker-\w+ worker-\d: .+; .+$");
        lines[(told + 1)..].TakeWhile(line => line.Length > 0).Count().ShouldBe(10);
        string.Join('\n', lines).ShouldEndWith($"\nTo run it again:\n{result.ToCode()}");
    }

    [Fact]
    public void A_job_that_failed_says_why_and_has_ended()
    {
        var result = Apart.At(seconds: 10, Fault.Kill("server")).Run(Jobs.Of());
        result.HasEnded.ShouldBeTrue();
        Should
            .Throw<SimulationFailedException>(result.ShouldBeSound)
            .Message.ShouldStartWith(
                "The job did not end as it should: The job failed: the server node server is lost"
            );
    }

    [Fact]
    public void A_law_that_was_broken_is_told_and_a_sound_run_passes()
    {
        var sound = Four.Run(Jobs.Of());
        sound.ShouldBeSound().ShouldBeSameAs(sound);
        Should
            .Throw<SimulationFailedException>(
                (sound with { Violations = ["shard 0 went back from version 2 to 1"] }).ShouldBeSound
            )
            .Message.ShouldStartWith(
                "The job ended, but broke a law.\nshard 0 went back from version 2 to 1\n\nTo run it again:\nusing "
                    + "System;\n"
            );
    }
}
