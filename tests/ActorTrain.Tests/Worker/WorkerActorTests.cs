using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Tests.Worker;

/// <summary>A worker prepares its engine, starts, begins a new incarnation and leaves.</summary>
public sealed class WorkerActorTests : WorkerActorTestBase
{
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
    public async Task A_shard_that_stops_postpones_an_evaluation_and_is_not_the_workers_failure()
    {
        var worker = await Training(new ToyEngines(() => new LinearEngine()));
        worker.Tell(new WorkerProtocol.Evaluate(1), _job);
        (await _shard.ExpectMsgAsync<ShardProtocol.Pull>()).Epoch.ShouldBe(1);

        Sys.Stop(_shard);

        (await _job.ExpectMsgAsync<WorkerProtocol.EvaluationPostponed>()).Worker.ShouldBe(Id);
    }
}
