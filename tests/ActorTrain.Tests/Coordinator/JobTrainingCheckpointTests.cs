using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Training makes a clean cut for each checkpoint, and goes on when the shards have taken it.</summary>
public sealed class JobTrainingCheckpointTests : JobTrainingActorTestBase
{
    private readonly IActorRef _receiver;

    public JobTrainingCheckpointTests()
    {
        _receiver = CreateTestProbe("receiver");
        _training = Begin(
            Jobs.Create(epochs: 2, batch: 16, leaseBatches: 2) with
            {
                Checkpoint = new CheckpointOptions { Every = CheckpointInterval.Samples(32) },
            }
        );
    }

    [Fact]
    public async Task Workers_return_what_they_have_not_begun_and_get_leases_again_when_the_shards_have_taken_it()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var (first, second) = (await a.Lease(), await b.Lease());
        await Open();

        foreach (var (worker, lease) in new[] { (a, first), (b, second) })
        {
            await worker.Probe.ExpectMsgAsync<WorkerProtocol.ReturnLeases>();
            worker.End(lease, new SampleRange(1, lease.Range.Start + 16, 16));
            worker.Tell(new WorkerProtocol.RequestLease(worker.Id));
        }
        // Nothing is granted before.
        var copy = await Copy();
        a.Probe.HasMessages.ShouldBeFalse();
        b.Probe.HasMessages.ShouldBeFalse();

        _training.Tell(new StandbyProtocol.Taken(0, copy.Number), _shard);
        foreach (var worker in new[] { a, b })
            await worker.Probe.FishForMessageAsync(message => message is WorkerProtocol.Granted);

        _training.Tell(new StandbyProtocol.Copied(0, copy.Number, _receiver, 0, []), _shard);
        var copied = await Ending<JobTrainingProtocol.CheckpointCopied>();
        copied.Number.ShouldBe(copy.Number);
        _training.Tell(new CheckpointActor.Written("here", 32), _job);
        var raised = await Raised(SupervisionEventKinds.CheckpointWritten);
        raised.Action.ShouldMatch(@"^it is here; training waited \d+ ms$");
    }

    [Fact]
    public async Task A_job_that_is_canceled_in_the_middle_of_a_cut_has_its_end_written()
    {
        var a = await Join("a:1");
        var lease = await a.Lease();
        await Open();
        await a.Probe.ExpectMsgAsync<WorkerProtocol.ReturnLeases>();

        _training.Tell(new ClientProtocol.Cancel());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.EndJob>();
        a.End(lease, new SampleRange(1, 16, 16));
        a.Tell(new WorkerProtocol.Withdrawn(a.Id, "the job ends", false, false));

        var copy = await Copy();
        _training.Tell(new StandbyProtocol.Copied(0, copy.Number, _receiver, 0, []), _shard);
        await Ending<JobTrainingProtocol.CheckpointCopied>();
        _training.Tell(new CheckpointActor.Written("here", 48), _job);
        var done = await Ending<JobTrainingProtocol.Done>();
        done.Report.Events.ShouldContain(raised => raised.Action == "it is here");
        done.Report.Events.ShouldNotContain(raised => raised.Kind == SupervisionEventKinds.CheckpointFailed);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_written_is_told_and_training_goes_on()
    {
        var a = await Join("a:1");
        var lease = await a.Lease();
        await Open();
        await a.Probe.ExpectMsgAsync<WorkerProtocol.ReturnLeases>();
        a.End(lease, lease.Range);

        _training.Tell(new CheckpointActor.Failed("the disk is full"), _job);

        (await Raised(SupervisionEventKinds.CheckpointFailed)).Reason.ShouldBe("the disk is full");
        a.Tell(new WorkerProtocol.RequestLease(a.Id));
        await a.Probe.FishForMessageAsync(message => message is WorkerProtocol.Granted);
    }

    /// <summary>A checkpoint is due, and its receiver is ready.</summary>
    private async Task Open()
    {
        // The first count begins the first interval.
        await _job.FishForMessageAsync(message => message is JobTrainingProtocol.SnapshotTaken);
        await _shard.FishForMessageAsync(message => message is ShardProtocol.GetCounts);
        await _shard.FishForMessageAsync(message => message is ShardProtocol.GetCounts);
        _count = _count with { Applied = [new SampleRange(1, 32, 32)] };
        await Ending<JobTrainingProtocol.CheckpointBegins>();
        _training.Tell(new CheckpointActor.Opened(new Dictionary<int, IActorRef> { [0] = _receiver }), _job);
    }

    private async Task<StandbyProtocol.CopyNow> Copy() =>
        (StandbyProtocol.CopyNow)
            await _shard.FishForMessageAsync(message =>
                message is StandbyProtocol.CopyNow { Receiver: var receiver } && receiver.Equals(_receiver)
            );
}
