using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

/// <summary>A job that trains: restarts and incarnations of its workers, pauses, and its end.</summary>
public sealed class JobTrainingActorTests : JobTrainingActorTestBase
{
    [Fact]
    public async Task A_restarted_node_has_a_row_beside_the_one_before()
    {
        var before = await Join("a:1");
        _training.Tell(new NodeProtocol.NodeLost("a:1", "it was started again"));
        (await Join("a:1", restarts: 1)).Id.ShouldBe(new WorkerId("a:1", before.Id.Incarnation + 1, Restarts: 1));
        _count = _count with
        {
            Workers =
            [
                new ShardProtocol.WorkerCount("a:1", 0, 24, 3, 0, 0, [3]),
                new ShardProtocol.WorkerCount("a:1", 1, 8, 1, 2, 2, [0, 0, 1]),
            ],
        };
        var progress = (JobProgress)
            await _job.FishForMessageAsync(message => message is JobProgress { Workers: [{ Samples: > 0 }, _] });
        progress
            .Workers.Select(worker => (worker.Node, worker.Restarts, worker.Samples, worker.Share, worker.Absence))
            .ShouldBe([("a:1", 0, 24, 0.75, "it was started again"), ("a:1", 1, 8, 0.25, null)]);
    }

    [Fact]
    public async Task Incarnations_begun_after_the_last_snapshot_are_fenced()
    {
        const long known = 5,
            begunSince = 100_000;
        _training = Begin(
            Jobs.Create(epochs: 2, batch: 16, leaseBatches: 2),
            new JobTrainingProtocol.Adopted(known, Paused: false)
        );
        var fence = (ShardProtocol.FenceAllWorkers)
            await _shard.FishForMessageAsync(message => message is ShardProtocol.FenceAllWorkers);
        fence.Incarnation.ShouldBeGreaterThanOrEqualTo(known + begunSince);
        (await Join("a:1")).Id.Incarnation.ShouldBeGreaterThan(fence.Incarnation);
    }

    [Fact]
    public async Task A_worker_that_joins_in_a_pause_gets_leases_later()
    {
        await Answer(new ClientProtocol.Pause());
        await Join("a:1");
        (await Raised(SupervisionEventKinds.WorkerJoined)).Action.ShouldBe("it gets leases when the job goes on");
    }

    [Fact]
    public async Task No_lease_is_granted_in_a_pause_and_requests_are_granted_after_it()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var held = await a.Lease();
        (await Answer(new ClientProtocol.Pause())).ShouldBe(new ClientProtocol.PauseState(true));
        b.Tell(new WorkerProtocol.RequestLease(b.Id));
        a.End(held);
        (await Answer(new ClientProtocol.Pause())).ShouldBe(new ClientProtocol.PauseState(true));
        await b.Probe.ExpectNoMsgAsync(TimeSpan.Zero);

        (await Answer(new ClientProtocol.Resume())).ShouldBe(new ClientProtocol.PauseState(false));

        (await b.Probe.ExpectMsgAsync<WorkerProtocol.Granted>()).Lease.Range.ShouldBe(new SampleRange(1, 32, 32));
    }

    [Fact]
    public async Task The_next_coordinator_keeps_a_pause()
    {
        await Answer(new ClientProtocol.Pause());
        var snapshot = (JobTrainingProtocol.SnapshotTaken)
            await _job.FishForMessageAsync(message => message is JobTrainingProtocol.SnapshotTaken { Paused: true });
        _training = Begin(
            Jobs.Create(epochs: 2, batch: 16, leaseBatches: 2),
            new JobTrainingProtocol.Adopted(snapshot.Incarnations, snapshot.Paused)
        );
        var a = await Join("a:1");
        a.Tell(new WorkerProtocol.RequestLease(a.Id));
        await Answer(new ClientProtocol.GetStaleness());
        await a.Probe.ExpectNoMsgAsync(TimeSpan.Zero);

        await Answer(new ClientProtocol.Resume());

        (await a.Probe.ExpectMsgAsync<WorkerProtocol.Granted>()).Lease.Range.ShouldBe(new SampleRange(1, 0, 32));
    }

    [Fact]
    public async Task A_canceled_job_lets_workers_finish_and_reports_its_progress()
    {
        var a = await Join("a:1");
        var lease = await a.Lease();
        _training.Tell(new ClientProtocol.Cancel());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.EndJob>();
        _count = _count with { Applied = [new SampleRange(1, 0, 16)] };
        a.End(lease, undone: new SampleRange(1, 16, 16));
        a.Tell(new WorkerProtocol.Withdrawn(a.Id, "the job has ended", Failed: false, Returns: false));

        var done = await Ending<JobTrainingProtocol.Done>();
        done.IsCanceled.ShouldBeTrue();
        (done.Report.SamplesApplied, done.Report.SamplesExpected, done.Report.TestAccuracy).ShouldBe((16, 128, null));
    }

    [Fact]
    public async Task A_canceled_job_does_not_wait_for_a_silent_worker()
    {
        await Join("a:1");
        _training.Tell(new ClientProtocol.Cancel());
        (await Ending<JobTrainingProtocol.Done>()).IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public async Task When_the_last_worker_fails_the_job_fails_with_its_reason()
    {
        var a = await Join("a:1");
        a.Tell(new WorkerProtocol.Withdrawn(a.Id, "the device is gone", Failed: true, Returns: false));
        (await Ending<JobTrainingProtocol.Failed>()).Reason.ShouldBe("the last worker failed; a:1: the device is gone");
    }
}
