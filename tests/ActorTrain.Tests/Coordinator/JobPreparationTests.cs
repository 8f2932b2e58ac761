using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Coordinator;

/// <summary>What a job goes on from that was interrupted.</summary>
public sealed class JobPreparationTests : IDisposable
{
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("actortrain-test-");

    public void Dispose() => _disk.Delete(recursive: true);

    [Fact]
    public void A_job_that_was_interrupted_and_writes_no_checkpoints_fails_and_says_so()
    {
        var submitted = new JobPreparation.Submitted(
            JobQueueTestBase.Known("7-1") with
            {
                HasBegun = true,
            },
            Client: null
        );
        JobPreparation
            .Prepare(submitted, _disk.FullName)
            .ShouldBeOfType<JobPreparation.Refused>()
            .Reason.ShouldStartWith("its coordinator and its shards are lost, and the job writes no checkpoints");
    }

    [Fact]
    public void A_job_that_was_interrupted_before_its_first_checkpoint_begins_anew()
    {
        var known = JobQueueTestBase.Known("7-1") with { HasBegun = true, Run = "7-0" };
        var job = known.Job with { Checkpoint = new CheckpointOptions { Every = CheckpointInterval.Epochs(1) } };
        var ready = JobPreparation
            .Prepare(new(known with { Job = job }, Client: null), _disk.FullName)
            .ShouldBeOfType<JobPreparation.Ready>();
        (ready.Resumed, ready.Job.Run, ready.Job.JobId).ShouldBe((null, "7-0", "7-1"));
    }

    [Fact]
    public void A_job_whose_checkpoints_are_not_there_does_not_begin_anew_and_is_tried_again()
    {
        var known = JobQueueTestBase.Known("7-1") with { HasBegun = true, HasCheckpoint = true };
        var job = known.Job with { Checkpoint = new CheckpointOptions { Every = CheckpointInterval.Epochs(1) } };
        var refused = JobPreparation
            .Prepare(new(known with { Job = job }, Client: null), _disk.FullName)
            .ShouldBeOfType<JobPreparation.Refused>();
        refused.MayPass.ShouldBeTrue();
        refused.Reason.ShouldContain("its checkpoints are not in");
    }
}
