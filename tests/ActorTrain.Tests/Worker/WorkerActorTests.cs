using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Server;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Worker;

/// <summary>A worker between a job and a shard that the test plays.</summary>
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
    public async Task It_says_what_its_engine_is()
    {
        await Prepared(Engines.Linear());
    }

    [Fact]
    public async Task An_engine_that_cannot_be_made_is_a_reason_not_a_crash()
    {
        Sys.ActorOf(
            Props(
                new Engines(() => throw new ActorTrainException("the data folder is empty")),
                resendAfter: null,
                overlap: 0
            )
        );
        (await _job.ExpectMsgAsync<WorkerProtocol.CannotPrepare>()).Reason.ShouldBe("the data folder is empty");
    }

    [Fact]
    public async Task Whoever_asks_again_about_the_lane_hears_what_is_wrong_with_it_also_another_coordinator()
    {
        var worker = await Prepared(Engines.Linear());
        // One that answers no probe.
        var check = new WorkerProtocol.CheckLane([CreateTestProbe()]);
        worker.Tell(check, _job);
        worker.Tell(new LaneProbeActor.Failing("nothing has arrived"));
        (await _job.ExpectMsgAsync<WorkerProtocol.LaneChecked>()).Trouble.ShouldBe("nothing has arrived");

        var next = CreateTestProbe();
        worker.Tell(new WorkerProtocol.Prepare("1", Jobs.Of()), next);
        await next.ExpectMsgAsync<WorkerProtocol.Prepared>();
        worker.Tell(check, next);
        (await next.ExpectMsgAsync<WorkerProtocol.LaneChecked>()).Trouble.ShouldBe("nothing has arrived");
    }

    [Fact]
    public async Task It_works_a_lease_off_part_by_part_with_the_parameters_of_the_answer_before()
    {
        var worker = await Training(Engines.Linear());
        Grant(new Lease(1, new LeasePart(1, 0, 40), 16));

        foreach (var part in new LeasePart[] { new(1, 0, 16), new(1, 16, 16), new(1, 32, 8) })
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
    public async Task A_refused_part_is_given_back()
    {
        await Training(Engines.Linear());
        Grant(new Lease(1, new LeasePart(1, 0, 32), 16));
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Refuse(Refusal.TooStale, "too stale"), 11);
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Applied, 12);

        var ended = await LeaseEnded();
        ended.Undone.ShouldBe([new LeasePart(1, 0, 16)]);
        ended.Refused.ShouldBe([
            new WorkerProtocol.RefusedPart(new LeasePart(1, 0, 16), Refusal.TooStale, "too stale"),
        ]);
    }

    [Fact]
    public async Task A_duplicate_counts_neither_as_done_here_nor_as_undone()
    {
        await Training(Engines.Linear());
        Grant(new Lease(1, new LeasePart(1, 0, 16), 16));
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Duplicate, 11);

        var ended = await LeaseEnded();
        ended.Undone.ShouldBeEmpty();
        (ended.Account.Samples, ended.Account.Trained).ShouldBe((0L, 16L));
    }

    [Fact]
    public async Task A_push_that_is_not_answered_is_sent_again()
    {
        await Training(Engines.Linear(), resendAfter: TimeSpan.FromMilliseconds(100));
        Grant(new Lease(1, new LeasePart(1, 0, 16), 16));
        var first = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        var second = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        second.Part.ShouldBe(first.Part);
        second.BaseVersion.ShouldBe(first.BaseVersion);
    }

    [Fact]
    public async Task What_a_broken_lane_may_have_lost_is_pushed_again_at_once()
    {
        await Training(Engines.Linear());
        Grant(new Lease(1, new LeasePart(1, 0, 16), 16));
        var first = await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        _shard.Reply(new LaneProtocol.Broken(Address.AllSystems));

        (await _shard.ExpectMsgAsync<ShardProtocol.Push>()).Part.ShouldBe(first.Part);
    }

    [Fact]
    public async Task With_overlap_it_computes_on_while_pushes_are_under_way_and_no_further_than_that()
    {
        await Training(Engines.Linear(), overlap: 2);
        Grant(new Lease(1, new LeasePart(1, 0, 64), 16));

        var pushes = new List<ShardProtocol.Push>();
        for (var i = 0; i < 3; i++)
            pushes.Add(await _shard.ExpectMsgAsync<ShardProtocol.Push>());
        pushes.Select(push => (push.Part.Start, push.BaseVersion)).ShouldBe([(0, 10), (16, 10), (32, 10)]);
        var trainer = _shard.Sender;
        await _shard.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));

        trainer.Tell(Answered(pushes[0], Verdict.Applied, version: 11), _shard);
        var fourth = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        // Two updates behind, and it says so.
        (fourth.Part.Start, fourth.BaseVersion).ShouldBe((48, 11L));
    }

    [Fact]
    public async Task With_overlap_a_gradient_stays_as_it_was_until_its_push_is_answered()
    {
        await Training(Engines.Linear(), overlap: 1);
        Grant(new Lease(1, new LeasePart(1, 0, 64), 16));
        var first = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        var values = first.Payload.Values.ToArray();

        var second = await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        first.Payload.Values.ToArray().ShouldBe(values);
        second.Payload.Values.ToArray().ShouldNotBe(values);
    }

    [Fact]
    public async Task With_overlap_a_lease_ends_when_its_last_part_is_answered_and_the_next_has_begun_by_then()
    {
        await Training(Engines.Linear(), overlap: 1);
        Grant(new Lease(1, new LeasePart(1, 0, 16), 16));
        var last = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>();
        Grant(new Lease(2, new LeasePart(1, 64, 16), 16));
        (await _shard.ExpectMsgAsync<ShardProtocol.Push>()).Part.Start.ShouldBe(64);

        Answer(last, Verdict.Applied, 11);

        (await LeaseEnded()).LeaseId.ShouldBe(1);
    }

    [Fact]
    public async Task Told_to_leave_it_finishes_the_part_under_way_and_gives_back_the_rest()
    {
        var worker = await Training(Engines.Linear());
        Grant(new Lease(1, new LeasePart(1, 0, 48), 16));
        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        worker.Tell(new WorkerActor.Leave("its node was told to leave"));
        // Once the worker has answered this, its trainer has the word in its mailbox, before the shard's answer.
        await worker.Ask<ActorIdentity>(new Identify("behind"), Patience);
        Answer(push, Verdict.Applied, 11);

        (await LeaseEnded()).Undone.ShouldBe([new LeasePart(1, 16, 16), new LeasePart(1, 32, 16)]);
        var withdrawn = await _job.ExpectMsgAsync<WorkerProtocol.Withdrawn>();
        (withdrawn.Reason, withdrawn.Failed).ShouldBe(("its node was told to leave", false));
        await ExpectTerminatedAsync(worker);
    }

    [Fact]
    public async Task An_engine_that_throws_gives_everything_back_and_says_why()
    {
        var worker = await Training(
            Engines.Linear(eachStep: step =>
            {
                if (step == 1)
                    throw new InvalidOperationException("the device is gone");
            })
        );
        Grant(new Lease(1, new LeasePart(1, 0, 48), 16));
        Answer(await _shard.ExpectMsgAsync<ShardProtocol.Push>(), Verdict.Applied, 11);

        var withdrawn = (WorkerProtocol.Withdrawn)
            await _job.FishForMessageAsync(message => message is WorkerProtocol.Withdrawn);
        withdrawn.Failed.ShouldBeTrue();
        withdrawn.Reason.ShouldBe("InvalidOperationException: the device is gone");
        await ExpectTerminatedAsync(worker);
    }

    [Fact]
    public async Task Told_to_start_again_it_begins_a_new_life_with_parameters_of_now()
    {
        var worker = await Training(Engines.Linear());
        Grant(new Lease(1, new LeasePart(1, 0, 32), 16));
        await _shard.ExpectMsgAsync<ShardProtocol.Push>();

        var next = Id with { Incarnation = 8 };
        worker.Tell(new WorkerProtocol.Start(next, Places, null), _job);

        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
        _shard.Reply(new ShardProtocol.Pulled(0, 20, null, TensorSlice.Of(new float[Parameters])));
        (await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>()).Worker.ShouldBe(next);
        Grant(new Lease(2, new LeasePart(1, 64, 16), 16));
        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        (push.Worker, push.Part, push.BaseVersion).ShouldBe((next, new LeasePart(1, 64, 16), 20L));
    }

    [Fact]
    public async Task Told_by_a_shard_that_its_life_has_ended_it_pushes_no_more()
    {
        await Training(Engines.Linear());
        Grant(new Lease(1, new LeasePart(1, 0, 48), 16));

        Answer(
            await _shard.ExpectMsgAsync<ShardProtocol.Push>(),
            Verdict.Refuse(Refusal.PastLife, "incarnation 7 of w:1 has ended"),
            11
        );

        await _shard.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_micro_batch_that_is_too_much_is_done_in_halves_and_the_job_hears_of_it()
    {
        await Training(
            new Engines(() =>
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
        Grant(new Lease(1, new LeasePart(1, 0, 32), 16));

        for (var start = 0; start < 32; start += 8)
        {
            var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
            push.Part.ShouldBe(new LeasePart(1, start, 8));
            Answer(push, Verdict.Applied, 11 + start);
        }

        var shortage = (WorkerProtocol.OutOfMemory)
            await _job.FishForMessageAsync(message => message is WorkerProtocol.OutOfMemory);
        shortage.ShouldBe(new WorkerProtocol.OutOfMemory(Id, Samples: 16, Most: 8, "too much"));
        (await LeaseEnded()).Account.Samples.ShouldBe(32);
    }

    [Fact]
    public async Task It_starts_also_while_it_waits_for_the_shards_word_on_its_starting_weights()
    {
        var worker = await Prepared(Engines.Linear());
        worker.Tell(new WorkerProtocol.Initialize(Places, null), _job);
        await _shard.ExpectMsgAsync<ShardProtocol.Initialize>();

        worker.Tell(new WorkerProtocol.Start(Id, Places, null), _job);

        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
    }

    [Fact]
    public async Task When_its_coordinator_is_gone_another_can_go_on_with_it_as_it_is()
    {
        var engines = 0;
        var worker = await Training(
            new Engines(() =>
            {
                engines++;
                return new LinearEngine();
            })
        );
        Sys.Stop(_job);
        var another = CreateTestProbe("another");

        worker.Tell(new WorkerProtocol.Prepare("1", Jobs.Of()), another);

        await another.ExpectMsgAsync<WorkerProtocol.Prepared>();
        worker.Tell(new WorkerProtocol.Start(Id with { Incarnation = 1007 }, Places, null), another);
        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
        _shard.Reply(new ShardProtocol.Pulled(0, 20, null, TensorSlice.Of(new float[Parameters])));
        (await another.ExpectMsgAsync<WorkerProtocol.RequestLease>()).Worker.Incarnation.ShouldBe(1007);
        engines.ShouldBe(1);
    }

    [Fact]
    public async Task Local_steps_are_one_push_and_begin_with_what_the_shards_have_also_where_they_sent_nothing_newer()
    {
        _momentum = 0.9f;
        await Training(Engines.Linear());
        Grant(Local(samples: 96, steps: 3));

        var momentum = new float[Parameters];
        foreach (var start in new[] { 0, 48 })
        {
            var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
            (push.Part, push.BaseVersion).ShouldBe((new LeasePart(1, start, 48), 10L));
            push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 16, momentum));
            Answer(push, Verdict.Duplicate, version: 10);
        }

        (await LeaseEnded()).Account.Trained.ShouldBe(96);
    }

    [Fact]
    public async Task Local_steps_that_are_too_large_begin_again_with_halves_and_the_job_hears_of_it()
    {
        await Training(
            new Engines(() =>
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

        push.Part.ShouldBe(new LeasePart(1, 0, 48));
        push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 8));
        var shortage = (WorkerProtocol.OutOfMemory)
            await _job.FishForMessageAsync(message => message is WorkerProtocol.OutOfMemory);
        shortage.ShouldBe(new WorkerProtocol.OutOfMemory(Id, Samples: 16, Most: 8, "too much"));
    }

    [Fact]
    public async Task Told_to_leave_it_pushes_the_local_steps_that_it_has_taken_and_gives_back_the_rest()
    {
        IActorRef? worker = null;
        worker = await Training(
            Engines.Linear(eachStep: step =>
            {
                if (step != 1)
                    return;
                worker!.Tell(new WorkerActor.Leave("its node was told to leave"));
                // Once the worker has answered this, its trainer has the word in its mailbox. By the trainer's turn the
                // engine's next step is ordered.
                worker.Ask<ActorIdentity>(new Identify("behind"), Patience).GetAwaiter().GetResult();
            })
        );
        Grant(Local(samples: 96, steps: 6));

        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        push.Part.ShouldBe(new LeasePart(1, 0, 48));
        Answer(push, Verdict.Applied, 11);

        (await LeaseEnded()).Undone.ShouldBe([new LeasePart(1, 48, 48)]);
        (await _job.ExpectMsgAsync<WorkerProtocol.Withdrawn>()).Failed.ShouldBeFalse();
        await ExpectTerminatedAsync(worker);
    }

    [Fact]
    public async Task A_new_life_does_not_wait_for_the_local_steps_of_the_old_one_and_knows_nothing_of_their_momentum()
    {
        _momentum = 0.9f;
        IActorRef? worker = null;
        var (next, last) = (Id with { Incarnation = 8 }, 0);
        worker = await Training(
            Engines.Linear(
                trainSamples: 640,
                eachStep: step =>
                {
                    last = step;
                    if (step == 1)
                        worker!.Tell(new WorkerProtocol.Start(next, Places, null), _job);
                    // No step is quicker than the worker: once it has answered, it has heard all that came before the
                    // step.
                    if (step >= 1)
                        worker!.Ask<ActorIdentity>(new Identify("behind"), Patience).GetAwaiter().GetResult();
                }
            )
        );
        Grant(Local(samples: 640, steps: 40));

        await _shard.FishForMessageAsync(message => message is ShardProtocol.Pull);

        last.ShouldBeLessThan(39);
        _shard.Reply(new ShardProtocol.Pulled(0, 20, null, TensorSlice.Of(new float[Parameters])));
        await _job.FishForMessageAsync(message =>
            message is WorkerProtocol.RequestLease { Worker: var who } && who == next
        );
        Grant(Local(samples: 48, steps: 3));
        var push = await _shard.ExpectMsgAsync<ShardProtocol.Push>();
        push.Payload.Values.ToArray().ShouldBe(Moved(push.Part, microBatch: 16));
    }

    private static Lease Local(int samples, int steps) => new(1, new LeasePart(1, 0, samples), MicroBatch: 16, steps);

    /// <summary>
    /// By how much plain steps move parameters that are zero, worked out here; in the proportion of a whole push, which
    /// is a micro-batch in the job of these tests.
    /// </summary>
    private float[] Moved(LeasePart part, int microBatch, float[]? momentum = null)
    {
        var (engine, gradient) = (new LinearEngine(), new float[Parameters]);
        momentum ??= new float[Parameters];
        foreach (var piece in part.Cut(microBatch))
        {
            engine.ComputeGradient(
                SampleOrder.Of(seed: 1, part.Epoch, 640).Span.Slice(piece.Start, piece.Count),
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

    private Props Props(IEngineFactory engines, TimeSpan? resendAfter, int overlap) =>
        WorkerActor.Props(
            "1",
            Jobs.Of(epochs: 1, batch: 16, optimizer: Jobs.Sgd(0.02f, _momentum), overlap: overlap),
            _job,
            new WorkerContext(engines, TensorLane.Get(Sys), resendAfter ?? TimeSpan.FromMinutes(1)),
            mayReturn: false
        );

    private async Task<IActorRef> Prepared(IEngineFactory engines, TimeSpan? resendAfter = null, int overlap = 0)
    {
        var worker = Watch(Sys.ActorOf(Props(engines, resendAfter, overlap)));
        var prepared = await _job.ExpectMsgAsync<WorkerProtocol.Prepared>();
        prepared.Model.Parameters.Length.ShouldBe(Parameters);
        return worker;
    }

    private async Task<IActorRef> Training(IEngineFactory engines, TimeSpan? resendAfter = null, int overlap = 0)
    {
        var worker = await Prepared(engines, resendAfter, overlap);
        worker.Tell(new WorkerProtocol.Start(Id, Places, null), _job);
        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
        _shard.Reply(new ShardProtocol.Pulled(0, 10, null, TensorSlice.Of(new float[Parameters])));
        (await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>()).Worker.ShouldBe(Id);
        return worker;
    }

    private void Grant(Lease lease) => _job.Reply(new WorkerProtocol.Granted(lease));

    private void Answer(ShardProtocol.Push push, Verdict verdict, long version) =>
        _shard.Reply(Answered(push, verdict, version));

    private static ShardProtocol.Pushed Answered(ShardProtocol.Push push, Verdict verdict, long version) =>
        new(0, push.Part, verdict, version, null, TensorSlice.Of(new float[Parameters]));

    private async Task<WorkerProtocol.LeaseEnded> LeaseEnded() =>
        (WorkerProtocol.LeaseEnded)await _job.FishForMessageAsync(message => message is WorkerProtocol.LeaseEnded);
}
