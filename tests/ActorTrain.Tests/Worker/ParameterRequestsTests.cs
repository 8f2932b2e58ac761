using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Settings;
using ActorTrain.Worker;
using Akka.TestKit;

namespace ActorTrain.Tests.Worker;

/// <summary>Two shards; the second one does not take the part's gradient yet.</summary>
public sealed class ParameterRequestsTests : ActorTests
{
    private static readonly WorkerId Id = new("w:1", 7);
    private static readonly SampleRange Part = new(1, 0, 16);
    private readonly TestProbe _first;
    private readonly TestProbe _second;
    private readonly ParameterRequests _requests;
    private readonly ReceivedParameters _received;

    public ParameterRequestsTests()
        : base(ReferenceConfiguration.Config)
    {
        (_first, _second) = (CreateTestProbe(), CreateTestProbe());
        ShardPlace[] places = [new(new ShardSlice(0, 0, 4), _first), new(new ShardSlice(1, 4, 4), _second)];
        _requests = new ParameterRequests(places, Id, TestActor);
        _received = new ReceivedParameters(
            [.. places.Select(place => place.Slice)],
            [0, 0],
            [null, new SampleRange(1, 16, 16)]
        );
    }

    [Fact]
    public async Task Only_a_shard_that_does_not_take_the_part_is_asked_and_only_once()
    {
        _requests.Await(Part, _received, TimeSpan.FromSeconds(1));
        _requests.Await(Part, _received, TimeSpan.FromSeconds(2));
        _requests.AskAgain(since: TimeSpan.Zero, _received, TimeSpan.FromSeconds(2));

        (await _second.ExpectMsgAsync<ShardProtocol.AwaitParameters>()).Part.ShouldBe(Part);
        await _second.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        await _first.ExpectNoMsgAsync(TimeSpan.Zero);

        _requests.AskAgain(since: TimeSpan.FromSeconds(1), _received, TimeSpan.FromSeconds(3));
        await _second.ExpectMsgAsync<ShardProtocol.AwaitParameters>();
    }

    [Fact]
    public void A_part_is_applied_when_all_shards_have_applied_it()
    {
        _requests.Await(Part, _received, TimeSpan.Zero);
        _requests.IsAwaited(Part).ShouldBeTrue();
        _requests.IsAppliedByAll(Ready(shard: 0)).ShouldBeFalse();
        _requests.IsAppliedByAll(Ready(shard: 1)).ShouldBeTrue();

        _requests.Cancel();
        _requests.IsAwaited(Part).ShouldBeFalse();
    }

    private static ShardProtocol.ParametersReady Ready(int shard) =>
        new(shard, Part, Version: 0, Step: null, IsApplied: true, TensorSlice.Empty);
}
