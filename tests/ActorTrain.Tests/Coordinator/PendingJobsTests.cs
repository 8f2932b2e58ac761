using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;

namespace ActorTrain.Tests.Coordinator;

/// <summary>The jobs of a coordinator that have not ended: two of them do not write to one folder.</summary>
public sealed class PendingJobsTests : ActorTests
{
    private static readonly JobOptions First = JobQueueTestBase.Known("1-1").Job with
    {
        Checkpoint = new CheckpointOptions { Every = CheckpointInterval.Epochs(1), Folder = "digits" },
    };

    private readonly PendingJobs _pending;

    public PendingJobsTests()
    {
        _pending = new PendingJobs(new EnrolledNodes(), Sys, TestActor);
        _pending.Keep(JobQueueTestBase.Known("1-1") with { Job = First });
    }

    [Fact]
    public void A_job_that_writes_its_checkpoints_where_another_does_is_refused_until_that_has_ended()
    {
        _pending.RefusalOf(First).ShouldBe("job 1-1 writes its checkpoints to digits; give this one another folder");
        _pending.End("1-1");
        _pending.RefusalOf(First).ShouldBeNull();
    }

    [Fact]
    public void Jobs_with_other_folders_without_checkpoints_and_resumed_ones_are_accepted()
    {
        _pending.RefusalOf(First with { Checkpoint = First.Checkpoint with { Folder = "letters" } }).ShouldBeNull();
        _pending.RefusalOf(First with { Checkpoint = First.Checkpoint with { Folder = "" } }).ShouldBeNull();
        _pending
            .RefusalOf(First with { Checkpoint = First.Checkpoint with { Every = CheckpointInterval.Off } })
            .ShouldBeNull();
        _pending.RefusalOf(First with { Resume = "digits" }).ShouldBeNull();
    }
}
