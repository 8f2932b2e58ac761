using ActorTrain.Consistency;
using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Two epochs of 64 samples in leases of 32, with probes for the workers and a shard.</summary>
public sealed class JobTrainingActorTests : ActorTests
{
    private static readonly DeviceDescription Device = new("cpu", "toy", 1);
    private static readonly Measurement Measured = new(SamplesPerSecond: 10, MostSamples: 16);
    private readonly TestProbe _job;
    private readonly TestProbe _client;
    private readonly TestProbe _shard;
    private IActorRef _training;
    private ShardProtocol.Counts _count = new(Round: 0, Shard: 0, 0, 0, CompleteEpochs: 0, [], [], new long[4]);

    public JobTrainingActorTests()
        : base(ReferenceConfiguration.Config)
    {
        (_job, _client, _shard) = (CreateTestProbe("job"), CreateTestProbe("client"), CreateTestProbe("shard"));
        _shard.SetAutoPilot(
            new DelegateAutoPilot(
                (sender, message) =>
                {
                    if (message is ShardProtocol.GetCounts count)
                        sender.Tell(_count with { Round = count.Round }, _shard);
                    return AutoPilot.KeepRunning;
                }
            )
        );
        _training = Begin(Jobs.Create(epochs: 2, batch: 16, leaseBatches: 2));
    }

    private IActorRef Begin(JobOptions job, JobTrainingProtocol.Adopted? adopted = null, TestProbe? parent = null)
    {
        var record = new JobRecord(job, TimeSpan.Zero)
        {
            Admission = new Admission(
                "a:1",
                new WorkerProtocol.Prepared(
                    "1",
                    new ModelDescription("linear", ParameterLayout.Create([("w", [8])]), ParameterLayout.Empty)
                    {
                        MetricName = "recall",
                    },
                    new DatasetDescription("made-up", 64, 8, "f00d"),
                    Device,
                    Measured
                )
            ),
        };
        if (adopted is not null)
            record = JobRecord.Adopt(
                job,
                record.Admission,
                record.ToSnapshot(TimeSpan.Zero),
                new JobHistory(),
                [new PlacedShard(new ShardPlace(new ShardSlice(0, 0, 8), _shard), "s:1")],
                TimeSpan.Zero
            );
        var placed = new ShardPlacementActor.Placed(
            [new PlacedShard(new ShardPlace(new ShardSlice(0, 0, 8), _shard), "s:1")],
            null
        );
        var options = new CoordinatorOptions(
            TimeSpan.FromMilliseconds(50),
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMilliseconds(300)
        );
        return (parent ?? _job).ChildActorOf(
            JobTrainingActor.Props(job, _client, record, placed, options, Algorithms.BuiltIn, adopted)
        );
    }

    [Fact]
    public async Task Workers_get_different_samples()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        (await a.Lease()).Range.ShouldBe(new SampleRange(1, 0, 32));
        (await b.Lease()).Range.ShouldBe(new SampleRange(1, 32, 32));
    }

    [Fact]
    public async Task No_worker_waits_at_the_end_of_an_epoch()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        await a.Lease();
        await b.Lease();
        (await b.Lease()).Range.Epoch.ShouldBe(2);
    }

    [Fact]
    public async Task A_lost_workers_lease_goes_to_another()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var lost = await a.Lease();
        _training.Tell(new NodeProtocol.NodeLost("a:1", "it did not answer"));
        await Settled(a);
        (await b.Lease()).Range.ShouldBe(lost.Range);
    }

    [Fact]
    public async Task An_unreachable_workers_lease_goes_to_another_and_it_returns_with_a_new_incarnation()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var doubted = await a.Lease();
        _training.Tell(new NodeProtocol.NodeUnreachable("a:1"));
        await Settled(a);
        (await b.Lease()).Range.ShouldBe(doubted.Range);
        _training.Tell(new NodeProtocol.NodeReachable("a:1"));
        var again = a with { Id = (await a.Probe.ExpectMsgAsync<WorkerProtocol.Start>()).Worker };
        again.Id.Incarnation.ShouldBeGreaterThan(a.Id.Incarnation);
        (await again.Lease()).Range.ShouldBe(new SampleRange(1, 32, 32));
    }

    [Fact]
    public async Task Samples_that_a_leaving_worker_gives_back_go_to_another()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var lease = await a.Lease();
        a.End(lease, undone: new SampleRange(1, 16, 16));
        a.Tell(new WorkerProtocol.Withdrawn(a.Id, "its node was told to leave", Failed: false, Returns: false));
        await Settled(a);
        (await b.Lease()).Range.ShouldBe(new SampleRange(1, 16, 16));
    }

    [Fact]
    public async Task A_past_incarnation_gets_no_lease()
    {
        var old = await Join("a:1");
        var young = await Join("a:1");
        old.Tell(new WorkerProtocol.RequestLease(old.Id));
        (await young.Lease()).Range.Start.ShouldBe(0);
        await old.Probe.ExpectNoMsgAsync(TimeSpan.Zero);
    }

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
    public async Task Each_completed_epoch_is_evaluated_and_the_report_follows_the_last()
    {
        var a = await Join("a:1");
        for (var i = 0; i < 4; i++)
        {
            var lease = await a.Lease();
            a.End(lease);
            if (i != 1)
                continue;
            (await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(1);
            a.Tell(new WorkerProtocol.Evaluated(1, new Evaluation(0.5, 0.5, 8)));
        }
        (await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(2);
        _count = _count with
        {
            Version = 8,
            CompleteEpochs = 2,
            Workers = [new ShardProtocol.WorkerCount("a:1", 0, 128, 8, 0, 0, [8])],
            StalenessHistogram = [8, 0, 0, 0],
        };
        a.Tell(new WorkerProtocol.Evaluated(2, new Evaluation(0.25, 0.75, 8)));

        var done = await Ending<JobTrainingProtocol.Done>();
        done.IsCanceled.ShouldBeFalse();
        done.Report.SamplesApplied.ShouldBe(128);
        (done.Report.TestAccuracy, done.Report.Metric).ShouldBe((0.75, "recall"));
        done.Report.Epochs.Select(epoch => (epoch.Samples, epoch.TrainLoss, epoch.TestAccuracy))
            .ShouldBe([(64L, 2.0, 0.5), (64L, 2.0, 0.75)]);
        done.Report.Workers.ShouldHaveSingleItem().Share.ShouldBe(1);
        done.Report.Staleness.Histogram.ShouldBe([8]);
    }

    [Theory, InlineData(2, 2, 3), InlineData(5, 3)]
    public async Task Every_nth_epoch_and_the_last_are_evaluated(int every, params int[] evaluated)
    {
        _training = Begin(Jobs.Create(epochs: 3, batch: 16, leaseBatches: 4, evaluateEvery: every));
        var a = await Join("a:1");
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            // Any other message would fail the next lease.
            var lease = await a.Lease();
            // Not before: counts in between would complete the epoch.
            _count = _count with
            {
                CompleteEpochs = epoch,
            };
            a.End(lease);
            if (!evaluated.Contains(epoch))
                continue;
            (await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(epoch);
            a.Tell(new WorkerProtocol.Evaluated(epoch, new Evaluation(0.5, 0.5, 8)));
        }
        await Ending<JobTrainingProtocol.Done>();
    }

    [Fact]
    public async Task A_lost_evaluators_epoch_goes_to_another()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        a.End(await a.Lease());
        a.End(await a.Lease());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>();
        _training.Tell(new NodeProtocol.NodeLost("a:1", "it did not answer"));
        (await b.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_evaluation_goes_to_another_worker_and_the_event_says_so()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        a.End(await a.Lease());
        a.End(await a.Lease());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>();
        a.Tell(new WorkerProtocol.EvaluationFailed(a.Id, 1, "the device is gone."));

        var failed = await Raised(SupervisionEventKinds.EvaluationFailed);
        (failed.Reason, failed.Action).ShouldBe(("the device is gone", "another node is asked"));
        (await b.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(1);
        b.Tell(new WorkerProtocol.EvaluationFailed(b.Id, 1, "here, too"));
        (await Raised(SupervisionEventKinds.EvaluationFailed)).Action.ShouldBe("there is no other node to ask");
    }

    [Fact]
    public async Task An_evaluation_that_a_single_worker_fails_at_is_given_up()
    {
        var a = await Join("a:1");
        a.End(await a.Lease());
        a.End(await a.Lease());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>();
        a.Tell(new WorkerProtocol.EvaluationFailed(a.Id, 1, "the device is gone"));

        (await Raised(SupervisionEventKinds.EvaluationFailed)).Action.ShouldBe("there is no other node to ask");
        var givenUp = await Raised(SupervisionEventKinds.EvaluationGivenUp);
        (givenUp.Reason, givenUp.Action).ShouldBe(
            ("no node could evaluate epoch 1", "the report has no test recall for it")
        );
    }

    [Theory, InlineData(true, "32 samples go to others"), InlineData(false, "32 samples wait for a worker")]
    public async Task Samples_of_a_lost_worker_go_to_others_or_wait_for_one(bool others, string action)
    {
        var a = await Join("a:1");
        if (others)
            await Join("b:1");
        await a.Lease();
        _training.Tell(new NodeProtocol.NodeLost("a:1", "it did not answer."));

        var lost = await Raised(SupervisionEventKinds.WorkerLost);
        (lost.Reason, lost.Action).ShouldBe(("it did not answer", action));
    }

    [
        Theory,
        InlineData(0, true, "it held no lease"),
        InlineData(1, true, "1 sample goes to others"),
        InlineData(1, false, "1 sample waits for a worker")
    ]
    public void Taken_back_samples_are_counted_in_the_event(int samples, bool othersTrain, string action) =>
        LeaseEvents.TakenBack(samples, othersTrain).ShouldBe(action);

    [Fact]
    public async Task A_worker_that_joins_in_a_pause_gets_leases_later()
    {
        await Answer(new ClientProtocol.Pause());
        await Join("a:1");
        (await Raised(SupervisionEventKinds.WorkerJoined)).Action.ShouldBe("it gets leases when the job goes on");
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
            new JobTrainingProtocol.Adopted(snapshot.Incarnations, snapshot.Paused),
            CreateTestProbe()
        );
        var a = await Join("a:1");
        a.Tell(new WorkerProtocol.RequestLease(a.Id));
        await Answer(new ClientProtocol.GetStaleness());
        await a.Probe.ExpectNoMsgAsync(TimeSpan.Zero);

        await Answer(new ClientProtocol.Resume());

        (await a.Probe.ExpectMsgAsync<WorkerProtocol.Granted>()).Lease.Range.ShouldBe(new SampleRange(1, 0, 32));
    }

    [Fact]
    public async Task A_changed_consistency_reaches_the_shards_and_workers_return_what_they_have_not_begun()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var (first, second) = (await a.Lease(), await b.Lease());
        var asked = Jobs.Synchronous() with { Bounded = Jobs.Asynchronous.Bounded };

        // Two workers with a batch of 16 each.
        var resolved = Jobs.Synchronous(globalBatch: 32) with
        {
            Bounded = asked.Bounded,
        };
        (await Answer(new ClientProtocol.SetConsistency(asked))).ShouldBe(
            new ClientProtocol.CurrentConsistency(resolved)
        );

        (
            await _shard.FishForMessageAsync(message =>
                message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Synchronous }
            )
        ).ShouldBe(new ShardProtocol.SetPolicies(Jobs.Accept, resolved, 1));
        foreach (var (worker, lease) in new[] { (a, first), (b, second) })
        {
            await worker.Probe.ExpectMsgAsync<WorkerProtocol.ReturnLeases>();
            worker.End(lease, lease.Range);
        }
        (
            await _job.FishForMessageAsync(message =>
                message is JobTrainingProtocol.SnapshotTaken { Consistency.Mode: ConsistencyMode.Synchronous }
            )
        ).ShouldNotBeNull();
        a.Tell(new WorkerProtocol.RequestLease(a.Id));
        var step = (
            (WorkerProtocol.Granted)await a.Probe.FishForMessageAsync(message => message is WorkerProtocol.Granted)
        )
            .Lease
            .Range;
        (step.Start, step.Count).ShouldBe((0, 16));
    }

    [Fact]
    public async Task A_consistency_that_is_changed_back_reaches_the_shards()
    {
        await Join("a:1");
        await Answer(new ClientProtocol.SetConsistency(Jobs.Synchronous(globalBatch: 32)));
        await _shard.FishForMessageAsync(message =>
            message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Synchronous }
        );

        await Answer(new ClientProtocol.SetConsistency(Jobs.Asynchronous));

        (
            await _shard.FishForMessageAsync(message =>
                message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Asynchronous }
            )
        ).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_invalid_consistency_is_refused_and_the_old_one_stays()
    {
        (await Answer(new ClientProtocol.SetConsistency(Jobs.Bounded(staleness: -1)))).ShouldBe(
            new ClientProtocol.Rejected(
                "actortrain.job.consistency.bounded.staleness is -1 "
                    + "(ConsistencyOptions.Bounded.Staleness); it must be 0 or more"
            )
        );
        (await Answer(new ClientProtocol.GetConsistency())).ShouldBe(
            new ClientProtocol.CurrentConsistency(Jobs.Asynchronous)
        );
    }

    [Fact]
    public async Task Gathered_gradients_of_an_open_step_are_applied_when_the_job_is_canceled()
    {
        _training = Begin(Jobs.Create(epochs: 2, batch: 16, consistency: Jobs.Synchronous(globalBatch: 32)));
        _training.Tell(new ClientProtocol.Cancel());
        (
            await _shard.FishForMessageAsync(message =>
                message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Asynchronous }
            )
        ).ShouldNotBeNull();
        (await Ending<JobTrainingProtocol.Done>()).IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_staleness_policy_that_the_optimizer_does_not_fit_is_refused()
    {
        var asked = Jobs.Staleness(StalenessPolicy.DanaSlim);

        (await Answer(new ClientProtocol.SetStaleness(asked))).ShouldBe(
            new ClientProtocol.Rejected(
                "actortrain.job.staleness.policy is dana-slim (StalenessOptions.Policy); it must be another while the "
                    + "optimizer's momentum is 0: dana-slim is that momentum, one for each worker"
            )
        );
        (await Answer(new ClientProtocol.GetStaleness())).ShouldBe(
            new ClientProtocol.CurrentStaleness(Jobs.Accept, Jobs.Sgd(0.02f))
        );

        _training = Begin(Jobs.Create(optimizer: Jobs.Sgd(0.02f, momentum: 0.9f)));
        (await Answer(new ClientProtocol.SetStaleness(asked))).ShouldBe(
            new ClientProtocol.CurrentStaleness(asked, Jobs.Sgd(0.02f, momentum: 0.9f))
        );
    }

    [Fact]
    public async Task Incarnations_begun_after_the_last_snapshot_are_fenced()
    {
        const long known = 5,
            begunSince = 100_000;
        _training = Begin(
            Jobs.Create(epochs: 2, batch: 16, leaseBatches: 2),
            new JobTrainingProtocol.Adopted(known, Paused: false),
            CreateTestProbe()
        );
        var fence = (ShardProtocol.FenceAllWorkers)
            await _shard.FishForMessageAsync(message => message is ShardProtocol.FenceAllWorkers);
        fence.Incarnation.ShouldBeGreaterThanOrEqualTo(known + begunSince);
        (await Join("a:1")).Id.Incarnation.ShouldBeGreaterThan(fence.Incarnation);
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

    /// <summary>The shard was told to fence a worker, and has reported its counts since.</summary>
    private async Task Settled(Player past)
    {
        await _shard.FishForMessageAsync(message =>
            message is ShardProtocol.FenceWorker fence && fence.Past == past.Id
        );
        await _shard.FishForMessageAsync(message => message is ShardProtocol.GetCounts);
    }

    private async Task<object> Answer(object request)
    {
        var asking = CreateTestProbe();
        _training.Tell(request, asking);
        return await asking.ExpectMsgAsync<object>();
    }

    private async Task<SupervisionEvent> Raised(string kind) =>
        (
            (ClientProtocol.EventRaised)
                await _client.FishForMessageAsync(message =>
                    message is ClientProtocol.EventRaised raised && raised.Event.Kind == kind
                )
        ).Event;

    private async Task<T> Ending<T>() => (T)await _job.FishForMessageAsync(message => message is T);

    private async Task<Player> Join(string node, int restarts = 0)
    {
        var probe = CreateTestProbe();
        _training.Tell(new JobTrainingProtocol.Join(new WorkerHost(node, restarts, probe), probe, Device, Measured));
        var start = await probe.ExpectMsgAsync<WorkerProtocol.Start>();
        start.Worker.Node.ShouldBe(node);
        return new Player(_training, probe, start.Worker);
    }

    /// <summary>A worker played by a probe.</summary>
    private sealed record Player(IActorRef Training, TestProbe Probe, WorkerId Id)
    {
        public void Tell(object message) => Training.Tell(message, Probe);

        public async Task<Lease> Lease()
        {
            Tell(new WorkerProtocol.RequestLease(Id));
            return (await Probe.ExpectMsgAsync<WorkerProtocol.Granted>()).Lease;
        }

        public void End(Lease lease, params SampleRange[] undone)
        {
            var samples = lease.Range.Count - undone.Sum(part => part.Count);
            Tell(
                new WorkerProtocol.LeaseEnded(
                    Id,
                    lease.Id,
                    undone,
                    [],
                    new WorkerProtocol.LeaseAccount(
                        LossSum: 2.0 * samples,
                        samples,
                        lease.Range.Count,
                        Pushes: 2,
                        Seconds: 1
                    )
                )
            );
        }
    }
}
