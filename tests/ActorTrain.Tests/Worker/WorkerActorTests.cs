using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Worker;

/// <summary>A worker; the test acts as its job and its shard.</summary>
public sealed class WorkerActorTests : ActorTests
{
    private const int Parameters = LinearEngine.Inputs + 1;
    private static readonly WorkerId Id = new("w:1", 7);
    private readonly TestProbe _job;
    private readonly TestProbe _shard;
    private float _momentum;

    public WorkerActorTests()
        : base(ReferenceConfiguration.Config) => (_job, _shard) = (CreateTestProbe("job"), CreateTestProbe("shard"));

    private ShardPlace[] Places => [new ShardPlace(new ShardSlice(0, 0, Parameters), _shard)];

    [Fact]
    public async Task A_worker_reports_its_engine()
    {
        await Prepared(ToyEngines.Linear());
    }

    [Fact]
    public async Task An_engine_that_cannot_be_created_is_reported()
    {
        Sys.ActorOf(
            Props(
                new ToyEngines(() => throw new ActorTrainException("the data folder is empty")),
                resendAfter: null,
                maxInFlightPushes: 0
            )
        );
        (await _job.ExpectMsgAsync<WorkerProtocol.CannotPrepare>()).Reason.ShouldBe("the data folder is empty");
    }

    [Fact]
    public async Task A_repeated_lane_check_is_answered_with_the_trouble_also_to_another_coordinator()
    {
        var worker = await Prepared(ToyEngines.Linear());
        // A server that answers no probe.
        var check = new WorkerProtocol.CheckLane([CreateTestProbe()]);
        worker.Tell(check, _job);
        worker.Tell(new LaneProbeActor.Failing("nothing has arrived"));
        (await _job.ExpectMsgAsync<WorkerProtocol.LaneChecked>()).Trouble.ShouldBe("nothing has arrived");

        var next = CreateTestProbe();
        worker.Tell(new WorkerProtocol.Prepare("1", Jobs.Create()), next);
        await next.ExpectMsgAsync<WorkerProtocol.Prepared>();
        worker.Tell(check, next);
        (await next.ExpectMsgAsync<WorkerProtocol.LaneChecked>()).Trouble.ShouldBe("nothing has arrived");
    }

    [Fact]
    public async Task A_lease_is_trained_part_by_part_with_the_parameters_of_the_reply_before()
    {
        var worker = await Training(ToyEngines.Linear());
        Grant(new Lease(1, new SampleRange(1, 0, 40), 16));

        foreach (var part in new SampleRange[] { new(1, 0, 16), new(1, 16, 16), new(1, 32, 8) })
        {
            var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
            (push.Part, push.Worker, push.BaseVersion).ShouldBe((part, Id, 10 + part.Start));
            Answer(push, Verdict.Applied, version: 10 + part.End);
        }

        await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>();
        var ended = await _job.ExpectMsgAsync<WorkerProtocol.LeaseEnded>();
        (ended.Worker, ended.LeaseId, ended.Account.Samples, ended.Account.Pushes).ShouldBe((Id, 1L, 40L, 3));
        ended.Undone.ShouldBeEmpty();
        ended.Account.LossSum.ShouldBeGreaterThan(0);
        worker.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_refused_part_is_returned()
    {
        await Training(ToyEngines.Linear());
        Grant(new Lease(1, new SampleRange(1, 0, 32), 16));
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Refuse(Refusal.TooStale, "too stale"), 11);
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Applied, 12);

        var ended = await LeaseEnded();
        ended.Undone.ShouldBe([new SampleRange(1, 0, 16)]);
        ended.Refused.ShouldBe([
            new WorkerProtocol.RefusedPart(new SampleRange(1, 0, 16), Refusal.TooStale, "too stale"),
        ]);
    }

    [Fact]
    public async Task A_duplicate_counts_neither_as_done_nor_as_undone()
    {
        await Training(ToyEngines.Linear());
        Grant(new Lease(1, new SampleRange(1, 0, 16), 16));
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Duplicate, 11);

        var ended = await LeaseEnded();
        ended.Undone.ShouldBeEmpty();
        (ended.Account.Samples, ended.Account.Trained).ShouldBe((0L, 16L));
    }

    [Fact]
    public async Task A_push_that_is_not_answered_is_sent_again()
    {
        await Training(ToyEngines.Linear(), resendAfter: TimeSpan.FromMilliseconds(100));
        Grant(new Lease(1, new SampleRange(1, 0, 16), 16));
        var first = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        var second = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        second.Part.ShouldBe(first.Part);
        second.BaseVersion.ShouldBe(first.BaseVersion);
    }

    [Fact]
    public async Task After_a_broken_lane_an_unanswered_push_is_sent_again_at_once()
    {
        await Training(ToyEngines.Linear());
        Grant(new Lease(1, new SampleRange(1, 0, 16), 16));
        var first = await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        _shard.Reply(new LaneProtocol.Broken(Address.AllSystems));

        (await _shard.ExpectMsgAsync<ShardProtocol.Push>()).Part.ShouldBe(first.Part);
    }

    [Fact]
    public async Task With_overlap_a_worker_computes_ahead_as_far_as_the_overlap_allows()
    {
        await Training(ToyEngines.Linear(), maxInFlightPushes: 2);
        Grant(new Lease(1, new SampleRange(1, 0, 64), 16));

        var pushes = new List<ShardProtocol.Push>();
        for (var i = 0; i < 3; i++)
            pushes.Add(await _shard.ExpectMsgAsync<ShardProtocol.Push>());
        pushes.Select(push => (push.Part.Start, push.BaseVersion)).ShouldBe([(0, 10), (16, 10), (32, 10)]);
        var trainer = _shard.Sender;
        await _shard.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));

        trainer.Tell(Answered(pushes[0], Verdict.Applied, version: 11), _shard);
        var fourth = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        // Two updates behind, with its true base version.
        (fourth.Part.Start, fourth.BaseVersion).ShouldBe((48, 11L));
    }

    [Fact]
    public async Task With_overlap_a_gradient_does_not_change_until_its_push_is_answered()
    {
        await Training(ToyEngines.Linear(), maxInFlightPushes: 1);
        Grant(new Lease(1, new SampleRange(1, 0, 64), 16));
        var first = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        var values = first.Payload.Values.ToArray();

        var second = await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        first.Payload.Values.ToArray().ShouldBe(values);
        second.Payload.Values.ToArray().ShouldNotBe(values);
    }

    [Fact]
    public async Task With_overlap_a_lease_ends_after_the_next_has_begun()
    {
        await Training(ToyEngines.Linear(), maxInFlightPushes: 1);
        Grant(new Lease(1, new SampleRange(1, 0, 16), 16));
        var last = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>();
        Grant(new Lease(2, new SampleRange(1, 64, 16), 16));
        (await _shard.ExpectMsgAsync<ShardProtocol.Push>()).Part.Start.ShouldBe(64);

        Answer(last, Verdict.Applied, 11);

        (await LeaseEnded()).LeaseId.ShouldBe(1);
    }

    [Fact]
    public async Task A_leaving_worker_finishes_the_part_under_way_and_returns_the_rest()
    {
        var worker = await Training(ToyEngines.Linear());
        Grant(new Lease(1, new SampleRange(1, 0, 48), 16));
        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        worker.Tell(new WorkerActor.Leave("its node leaves"));
        // Once the worker has answered this, the message is in the training loop's mailbox, before the shard's reply.
        await worker.Ask<ActorIdentity>(new Identify("behind"), Patience);
        Answer(push, Verdict.Applied, 11);

        (await LeaseEnded()).Undone.ShouldBe([new SampleRange(1, 16, 16), new SampleRange(1, 32, 16)]);
        var withdrawn = await _job.ExpectMsgAsync<WorkerProtocol.Withdrawn>();
        (withdrawn.Reason, withdrawn.Failed).ShouldBe(("its node leaves", false));
        await ExpectTerminatedAsync(worker);
    }

    [Fact]
    public async Task A_worker_whose_engine_throws_withdraws_with_the_reason()
    {
        var worker = await Training(
            ToyEngines.Linear(eachStep: step =>
            {
                if (step == 1)
                    throw new InvalidOperationException("the device is gone");
            })
        );
        Grant(new Lease(1, new SampleRange(1, 0, 48), 16));
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Applied, 11);

        var withdrawn = (WorkerProtocol.Withdrawn)
            await _job.FishForMessageAsync(message => message is WorkerProtocol.Withdrawn);
        withdrawn.Failed.ShouldBeTrue();
        withdrawn.Reason.ShouldBe("InvalidOperationException: the device is gone");
        await ExpectTerminatedAsync(worker);
    }

    [Fact]
    public async Task A_new_start_begins_a_new_incarnation_with_the_newest_parameters()
    {
        var worker = await Training(ToyEngines.Linear());
        Grant(new Lease(1, new SampleRange(1, 0, 32), 16));
        await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        var next = Id with { Incarnation = 8 };
        worker.Tell(new WorkerProtocol.Start(next, Places, null), _job);

        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
        _shard.Reply(new ShardProtocol.Pulled(0, 20, null, TensorSlice.From(new float[Parameters])));
        (await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>()).Worker.ShouldBe(next);
        Grant(new Lease(2, new SampleRange(1, 64, 16), 16));
        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        (push.Worker, push.Part, push.BaseVersion).ShouldBe((next, new SampleRange(1, 64, 16), 20L));
    }

    [Fact]
    public async Task A_fenced_worker_pushes_no_more()
    {
        await Training(ToyEngines.Linear());
        Grant(new Lease(1, new SampleRange(1, 0, 48), 16));

        Answer(
            await _shard.ExpectMsgAsync<ShardProtocol.Push>(),
            Verdict.Refuse(Refusal.PastIncarnation, "incarnation 7 of w:1 has ended"),
            11
        );

        await _shard.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_micro_batch_that_is_too_large_is_halved_and_reported()
    {
        await Training(
            new ToyEngines(() =>
                new FaultyEngine(
                    new LinearEngine(),
                    (_, samples, _) =>
                    {
                        if (samples.Length > 8)
                            throw new InsufficientMemoryException("too much");
                    }
                )
            )
        );
        Grant(new Lease(1, new SampleRange(1, 0, 32), 16));

        for (var start = 0; start < 32; start += 8)
        {
            var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
            push.Part.ShouldBe(new SampleRange(1, start, 8));
            Answer(push, Verdict.Applied, 11 + start);
        }

        var shortage = (WorkerProtocol.OutOfMemory)
            await _job.FishForMessageAsync(message => message is WorkerProtocol.OutOfMemory);
        shortage.ShouldBe(new WorkerProtocol.OutOfMemory(Id, Samples: 16, Most: 8, "too much"));
        (await LeaseEnded()).Account.Samples.ShouldBe(32);
    }

    [Fact]
    public async Task A_worker_starts_also_while_it_initializes_the_shards()
    {
        var worker = await Prepared(ToyEngines.Linear());
        worker.Tell(new WorkerProtocol.Initialize(Places, null), _job);
        await _shard.ExpectMsgAsync<ShardProtocol.Initialize>();

        worker.Tell(new WorkerProtocol.Start(Id, Places, null), _job);

        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
    }

    [Fact]
    public async Task Another_coordinator_adopts_a_worker_with_its_engine()
    {
        var engines = 0;
        var worker = await Training(
            new ToyEngines(() =>
            {
                engines++;
                return new LinearEngine();
            })
        );
        Sys.Stop(_job);
        var another = CreateTestProbe("another");

        worker.Tell(new WorkerProtocol.Prepare("1", Jobs.Create()), another);

        await another.ExpectMsgAsync<WorkerProtocol.Prepared>();
        worker.Tell(new WorkerProtocol.Start(Id with { Incarnation = 1007 }, Places, null), another);
        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
        _shard.Reply(new ShardProtocol.Pulled(0, 20, null, TensorSlice.From(new float[Parameters])));
        (await another.ExpectMsgAsync<WorkerProtocol.RequestLease>()).Worker.Incarnation.ShouldBe(1007);
        engines.ShouldBe(1);
    }

    [Fact]
    public async Task Local_steps_are_one_push_and_begin_with_the_shards_parameters()
    {
        _momentum = 0.9f;
        await Training(ToyEngines.Linear());
        Grant(Local(samples: 96, steps: 3));

        var momentum = new float[Parameters];
        foreach (var start in new[] { 0, 48 })
        {
            var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
            (push.Part, push.BaseVersion).ShouldBe((new SampleRange(1, start, 48), 10L));
            push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 16, momentum));
            Answer(push, Verdict.Duplicate, version: 10);
        }

        (await LeaseEnded()).Account.Trained.ShouldBe(96);
    }

    [Fact]
    public async Task Local_steps_that_are_too_large_begin_again_with_halves_and_are_reported()
    {
        await Training(
            new ToyEngines(() =>
                new FaultyEngine(
                    new LinearEngine(),
                    (step, samples, _) =>
                    {
                        if (step > 0 && samples.Length > 8)
                            throw new InsufficientMemoryException("too much");
                    }
                )
            )
        );
        Grant(Local(samples: 48, steps: 3));

        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        push.Part.ShouldBe(new SampleRange(1, 0, 48));
        push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 8));
        var shortage = (WorkerProtocol.OutOfMemory)
            await _job.FishForMessageAsync(message => message is WorkerProtocol.OutOfMemory);
        shortage.ShouldBe(new WorkerProtocol.OutOfMemory(Id, Samples: 16, Most: 8, "too much"));
    }

    [Fact]
    public async Task A_leaving_worker_pushes_the_local_steps_that_it_has_taken_and_returns_the_rest()
    {
        IActorRef? worker = null;
        worker = await Training(
            ToyEngines.Linear(eachStep: step =>
            {
                if (step != 1)
                    return;
                worker!.Tell(new WorkerActor.Leave("its node leaves"));
                // Once the worker has answered this, the message is in the training loop's mailbox. When the loop
                // receives it, the engine's next step is requested.
                worker.Ask<ActorIdentity>(new Identify("behind"), Patience).GetAwaiter().GetResult();
            })
        );
        Grant(Local(samples: 96, steps: 6));

        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        push.Part.ShouldBe(new SampleRange(1, 0, 48));
        Answer(push, Verdict.Applied, 11);

        (await LeaseEnded()).Undone.ShouldBe([new SampleRange(1, 48, 48)]);
        (await _job.ExpectMsgAsync<WorkerProtocol.Withdrawn>()).Failed.ShouldBeFalse();
        await ExpectTerminatedAsync(worker);
    }

    [Fact]
    public async Task A_new_incarnation_interrupts_the_local_steps_of_the_old_one_and_drops_their_momentum()
    {
        _momentum = 0.9f;
        IActorRef? worker = null;
        var (next, last) = (Id with { Incarnation = 8 }, 0);
        worker = await Training(
            ToyEngines.Linear(
                trainSamples: 640,
                eachStep: step =>
                {
                    last = step;
                    if (step == 1)
                        worker!.Tell(new WorkerProtocol.Start(next, Places, null), _job);
                    // Each step waits for the worker: once it has answered, it has received all messages before.
                    if (step >= 1)
                        worker!.Ask<ActorIdentity>(new Identify("behind"), Patience).GetAwaiter().GetResult();
                }
            )
        );
        Grant(Local(samples: 640, steps: 40));

        await _shard.FishForMessageAsync(message => message is ShardProtocol.Pull);

        last.ShouldBeLessThan(39);
        _shard.Reply(new ShardProtocol.Pulled(0, 20, null, TensorSlice.From(new float[Parameters])));
        await _job.FishForMessageAsync(message =>
            message is WorkerProtocol.RequestLease { Worker: var sender } && sender == next
        );
        Grant(Local(samples: 48, steps: 3));
        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 16));
    }

    private static Lease Local(int samples, int steps) =>
        new(1, new SampleRange(1, 0, samples), MicroBatchSize: 16, steps);

    /// <summary>
    /// How far plain steps move parameters that are zero, computed here; relative to a whole push, which is a
    /// micro-batch in the job of these tests.
    /// </summary>
    private float[] Moved(SampleRange part, int microBatch, float[]? momentum = null)
    {
        var (engine, gradient) = (new LinearEngine(), new float[Parameters]);
        momentum ??= new float[Parameters];
        foreach (var piece in part.Cut(microBatch))
        {
            engine.ComputeGradient(
                SampleOrder.Get(seed: 1, part.Epoch, 640).Span.Slice(piece.Start, piece.Count),
                0,
                gradient
            );
            for (var i = 0; i < Parameters; i++)
            {
                momentum[i] = _momentum * momentum[i] + gradient[i] * (piece.Count / 16f);
                engine.Parameters.Span[i] = MathF.FusedMultiplyAdd(-0.02f, momentum[i], engine.Parameters.Span[i]);
            }
        }
        return [.. engine.Parameters.ToArray().Select(parameter => (0 - parameter) / (part.Count / 16f))];
    }

    private Props Props(IEngineFactory engines, TimeSpan? resendAfter, int maxInFlightPushes) =>
        WorkerActor.Props(
            "1",
            Jobs.Create(
                epochs: 1,
                batch: 16,
                optimizer: Jobs.Sgd(0.02f, _momentum),
                maxInFlightPushes: maxInFlightPushes
            ),
            _job,
            new WorkerContext(
                engines,
                TensorLane.Get(Sys, TensorMessages.Table),
                resendAfter ?? TimeSpan.FromMinutes(1),
                Algorithms.BuiltIn
            ),
            mayReturn: false
        );

    private async Task<IActorRef> Prepared(
        IEngineFactory engines,
        TimeSpan? resendAfter = null,
        int maxInFlightPushes = 0
    )
    {
        var worker = Watch(Sys.ActorOf(Props(engines, resendAfter, maxInFlightPushes)));
        var prepared = await _job.ExpectMsgAsync<WorkerProtocol.Prepared>();
        prepared.Model.Parameters.Length.ShouldBe(Parameters);
        return worker;
    }

    private async Task<IActorRef> Training(
        IEngineFactory engines,
        TimeSpan? resendAfter = null,
        int maxInFlightPushes = 0
    )
    {
        var worker = await Prepared(engines, resendAfter, maxInFlightPushes);
        worker.Tell(new WorkerProtocol.Start(Id, Places, null), _job);
        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
        _shard.Reply(new ShardProtocol.Pulled(0, 10, null, TensorSlice.From(new float[Parameters])));
        (await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>()).Worker.ShouldBe(Id);
        return worker;
    }

    private void Grant(Lease lease) => _job.Reply(new WorkerProtocol.Granted(lease));

    private void Answer(ShardProtocol.Push push, Verdict verdict, long version) =>
        _shard.Reply(Answered(push, verdict, version));

    private static ShardProtocol.Pushed Answered(ShardProtocol.Push push, Verdict verdict, long version) =>
        new(0, push.Part, verdict, version, null, TensorSlice.From(new float[Parameters]));

    private async Task<WorkerProtocol.LeaseEnded> LeaseEnded() =>
        (WorkerProtocol.LeaseEnded)await _job.FishForMessageAsync(message => message is WorkerProtocol.LeaseEnded);
}
