using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Worker;

/// <summary>A worker pushes the gradients of its leases, and reacts to the verdicts of a shard.</summary>
public sealed class WorkerPushesTests : WorkerActorTestBase
{
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
}
