using ActorTrain.Consistency;
using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>In which rounds the shards of a job are copied.</summary>
public sealed class ShardCopiesTests : ActorTests
{
    private readonly TestProbe[] _shards;
    private readonly TestProbe[] _standbys;
    private TimeSpan _now;

    public ShardCopiesTests() =>
        (_shards, _standbys) = ([CreateTestProbe(), CreateTestProbe()], [CreateTestProbe(), CreateTestProbe()]);

    [Fact]
    public async Task The_next_round_begins_when_every_standby_has_the_copy()
    {
        var copies = Copies(ConsistencyMode.Asynchronous);
        copies.Placed(Both);
        var first = await Requested();

        copies.Add(Answer(0, first[0]));
        copies.BeginRound();
        await _shards[0].ExpectNoMsgAsync(TimeSpan.Zero);
        copies.Add(Answer(1, first[1]));
        copies.BeginRound();

        var second = await Requested();
        second.ShouldAllBe(copy => copy.Number > first[0].Number && copy.Before == first[0].Number);
    }

    [Fact]
    public async Task A_request_without_an_answer_is_repeated_as_it_was()
    {
        var copies = Copies(ConsistencyMode.Asynchronous);
        copies.Placed(Both);
        var first = await Requested();
        copies.Add(Answer(0, first[0]));
        _now = TimeSpan.FromSeconds(6);

        copies.BeginRound();

        (await _shards[1].ExpectMsgAsync<StandbyProtocol.Copy>()).ShouldBe(first[1]);
        await _shards[0].ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Of_an_asynchronous_job_each_copy_counts_for_itself_and_is_taken_at_once()
    {
        var copies = Copies(ConsistencyMode.Asynchronous);
        copies.Placed(Both);
        var first = await Requested();
        first.ShouldAllBe(copy => copy.After == new SampleRange(1, 0, 0) && !copy.IsKept);

        copies.Add(Answer(1, first[1]));

        copies.Copied.Keys.ShouldBe([1]);
    }

    [Fact]
    public async Task A_round_of_a_synchronous_job_counts_when_all_copies_are_of_one_place()
    {
        var copies = Copies(ConsistencyMode.Synchronous);
        copies.Placed(Both);
        var first = await Requested();

        copies.Add(Answer(0, first[0], position: 16));
        copies.Copied.ShouldBeEmpty();
        copies.Add(Answer(1, first[1], position: 16));

        copies.Copied.Keys.ShouldBe([0, 1], ignoreOrder: true);
    }

    [Fact]
    public async Task A_round_whose_copies_differ_is_repeated_and_those_before_stay()
    {
        var copies = Copies(ConsistencyMode.Synchronous);
        copies.Placed(Both);
        var alike = await Requested();
        copies.Add(Answer(0, alike[0]));
        copies.Add(Answer(1, alike[1]));
        copies.BeginRound();
        var unlike = await Requested();

        copies.Add(Answer(0, unlike[0], position: 16));
        copies.Add(Answer(1, unlike[1], position: 32));

        var again = await Requested();
        again.ShouldAllBe(copy => copy.Number > unlike[0].Number && copy.Before == alike[0].Number && copy.IsKept);
    }

    [Fact]
    public async Task A_round_in_which_a_shard_has_no_standby_replaces_no_copies()
    {
        var copies = Copies(ConsistencyMode.Synchronous);
        copies.Placed(Both);
        var safe = await Requested();
        copies.Add(Answer(0, safe[0]));
        copies.Add(Answer(1, safe[1]));

        copies.Placed(new Dictionary<int, IActorRef> { [1] = _standbys[1] });
        var unsafeRound = await Requested();
        unsafeRound[0].Standby.ShouldBeNull();
        copies.Add(Answer(0, unsafeRound[0]));
        copies.Add(Answer(1, unsafeRound[1]));
        copies.BeginRound();

        (await Requested()).ShouldAllBe(copy => copy.Before == safe[0].Number);
    }

    [Fact]
    public async Task A_standby_that_is_gone_is_not_waited_for()
    {
        var copies = Copies(ConsistencyMode.Asynchronous);
        copies.Placed(Both);
        var first = await Requested();
        copies.Add(Answer(0, first[0]));

        copies.Placed(new Dictionary<int, IActorRef> { [0] = _standbys[0] });

        (await _shards[0].ExpectMsgAsync<StandbyProtocol.Copy>()).Number.ShouldBeGreaterThan(first[0].Number);
    }

    [Theory]
    [InlineData(ConsistencyMode.Asynchronous)]
    [InlineData(ConsistencyMode.Synchronous)]
    public async Task The_last_round_is_at_once_as_fast_as_the_link_and_the_last(string mode)
    {
        var copies = Copies(mode);
        copies.Placed(Both);
        var before = await Requested();
        copies.Add(Answer(0, before[0]));
        copies.Add(Answer(1, before[1]));

        copies.BeginLast("s:0");

        copies.AreLastComplete.ShouldBeFalse();
        var last = await Requested();
        last.ShouldAllBe(copy => copy.Share == 1 && copy.After == new SampleRange(1, 0, 0));
        copies.Add(Answer(1, last[1]));
        copies.AreLastComplete.ShouldBeFalse();
        copies.Add(Answer(0, last[0]));
        copies.AreLastComplete.ShouldBeTrue();
        // The other node leaves, too, and is in the same round.
        copies.BeginLast("s:1");
        copies.AreLastComplete.ShouldBeTrue();
        copies.BeginRound();
        await _shards[0].ExpectNoMsgAsync(TimeSpan.Zero);
        copies.GoOn();
        copies.BeginRound();
        (await Requested()).ShouldAllBe(copy => copy.Share == 0.03);
    }

    [Theory]
    [InlineData(ConsistencyMode.Asynchronous)]
    [InlineData(ConsistencyMode.Synchronous)]
    public async Task The_last_round_is_not_complete_while_a_leaving_shard_has_no_standby(string mode)
    {
        var copies = Copies(mode);
        copies.Placed(Both);
        await Requested();
        copies.BeginLast("s:0");
        var last = await Requested();
        copies.Add(Answer(0, last[0]));
        copies.Add(Answer(1, last[1]));
        copies.AreLastComplete.ShouldBeTrue();

        // Its standby is lost, and is replaced later.
        copies.Placed(new Dictionary<int, IActorRef> { [1] = _standbys[1] });
        copies.AreLastComplete.ShouldBeFalse();
        copies.Placed(new Dictionary<int, IActorRef> { [0] = _standbys[1], [1] = _standbys[1] });

        var again = (StandbyProtocol.Copy)
            await _shards[0]
                .FishForMessageAsync(message =>
                {
                    var copy = (StandbyProtocol.Copy)message;
                    if (copy.Standby is null)
                        copies.Add(Answer(0, copy));
                    return copy.Standby is not null;
                });
        again.Standby.ShouldBe(_standbys[1].Ref);
        again.Share.ShouldBe(1);
        copies.Add(Answer(0, again));
        while (!copies.AreLastComplete)
            copies.Add(Answer(1, await _shards[1].ExpectMsgAsync<StandbyProtocol.Copy>()));
    }

    [Fact]
    public async Task A_last_round_whose_copies_differ_is_not_complete_and_is_tried_again()
    {
        var copies = Copies(ConsistencyMode.Synchronous);
        copies.Placed(Both);
        await Requested();
        copies.BeginLast("s:0");
        var last = await Requested();
        copies.Add(Answer(0, last[0], position: 16));
        copies.Add(Answer(1, last[1], position: 32));
        copies.AreLastComplete.ShouldBeFalse();
        await _shards[0].ExpectNoMsgAsync(TimeSpan.Zero);

        copies.BeginRound();

        var again = await Requested();
        copies.Add(Answer(0, again[0]));
        copies.Add(Answer(1, again[1]));
        copies.AreLastComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task An_adopted_job_keeps_the_copies_that_all_shards_have_until_it_has_others()
    {
        var first = CopyNumbers.First(7, "1");
        var copies = Copies(
            ConsistencyMode.Synchronous,
            new JobTrainingProtocol.Adopted(0, Paused: false, first, CopiedAlike: 7)
        );
        copies.Placed(Both);

        (await Requested()).ShouldAllBe(copy => copy.Number == first && copy.Before == 7);
    }

    private IReadOnlyDictionary<int, IActorRef> Both =>
        new Dictionary<int, IActorRef> { [0] = _standbys[0], [1] = _standbys[1] };

    private ShardCopies Copies(string mode, JobTrainingProtocol.Adopted? adopted = null)
    {
        var job = Jobs.Create() with
        {
            Consistency = new()
            {
                Mode = mode,
                Synchronous = new() { GlobalBatchSize = 16 },
            },
        };
        var prepared = new WorkerProtocol.Prepared(
            "1",
            new ModelDescription("linear", ParameterLayout.Create([("w", [32])]), ParameterLayout.Empty),
            new DatasetDescription("made-up", 64, 8, "f00d"),
            new DeviceDescription("cpu", "toy", 1),
            new Measurement(10, 16)
        );
        var record = new JobRecord(job, TimeSpan.Zero) { Admission = new Admission("a:1", prepared) };
        var placed = new ShardPlacementActor.Placed(
            [.. _shards.Select((shard, i) => new PlacedShard(new(new(i, 16 * i, 16), shard), $"s:{i}"))],
            null
        );
        return new ShardCopies(placed, new LeaseScheduler(job, record), share: 0.03, adopted, () => _now);
    }

    private async Task<StandbyProtocol.Copy[]> Requested() =>
        [
            await _shards[0].ExpectMsgAsync<StandbyProtocol.Copy>(),
            await _shards[1].ExpectMsgAsync<StandbyProtocol.Copy>(),
        ];

    private static StandbyProtocol.Copied Answer(int shard, StandbyProtocol.Copy copy, int position = 16) =>
        new(shard, copy.Number, copy.Standby, 0, [new SampleRange(1, 0, position)]);
}
