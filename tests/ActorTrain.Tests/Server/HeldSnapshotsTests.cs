using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Server;

namespace ActorTrain.Tests.Server;

/// <summary>What a standby keeps of the snapshots that arrive in chunks.</summary>
public sealed class HeldSnapshotsTests
{
    private const int Length = 4;
    private static readonly SnapshotRecord Two = new(null, new BuffersRecord([], 0), Vectors: 2);

    private readonly HeldSnapshots _held = new(Length, new TensorPool(shared: false, keep: 0));

    [Fact]
    public void A_snapshot_is_whole_when_all_floats_have_arrived()
    {
        _held.Begin(1, Two, before: 0).ShouldBe(0);
        _held.Add(1, 0, [1, 2, 3, 4]).ShouldBe(4);
        _held.Whole.ShouldBeEmpty();

        _held.Add(1, 4, [5, 6, 7, 8]).ShouldBe(8);

        Values(_held.Whole.ShouldHaveSingleItem()).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
    }

    [Fact]
    public void A_chunk_that_arrives_again_changes_nothing()
    {
        _held.Begin(1, Two, before: 0);
        _held.Add(1, 0, [1, 2, 3, 4]);

        _held.Add(1, 0, [9, 9, 9, 9]).ShouldBe(4);
        _held.Begin(1, Two, before: 0).ShouldBe(4);
        _held.Add(1, 4, [5, 6, 7, 8]);

        Values(_held.Whole.ShouldHaveSingleItem()).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
    }

    [Fact]
    public void The_snapshot_before_stays_until_the_next_but_one_begins()
    {
        Arrive(1, before: 0);
        Arrive(2, before: 1);
        Numbers.ShouldBe([1, 2]);

        _held.Begin(3, Two, before: 2);

        Numbers.ShouldBe([2]);
    }

    [Fact]
    public void A_snapshot_that_not_all_shards_have_gives_way_and_not_the_one_before()
    {
        Arrive(1, before: 0);
        Arrive(2, before: 1);

        Arrive(3, before: 1);

        Numbers.ShouldBe([1, 3]);
    }

    [Fact]
    public void A_snapshot_replaces_one_that_is_not_whole()
    {
        _held.Begin(1, Two, before: 0);
        _held.Add(1, 0, [1, 2, 3, 4]);

        Arrive(2, before: 0);

        Numbers.ShouldBe([2]);
        _held.Add(1, 4, [5, 6, 7, 8]).ShouldBeNull();
    }

    [Fact]
    public void A_snapshot_without_vectors_is_whole_at_once()
    {
        _held.Begin(1, Two with { Vectors = 0 }, before: 0).ShouldBe(0);
        Numbers.ShouldBe([1]);
    }

    [Theory]
    [InlineData(10, new[] { 10 })]
    [InlineData(StandbyProtocol.ChunkLength, new[] { StandbyProtocol.ChunkLength })]
    [InlineData(2 * StandbyProtocol.ChunkLength + 7, new[] { StandbyProtocol.ChunkLength, 7 })]
    public void Only_the_lengths_of_chunks_are_received(int length, int[] chunks) =>
        HeldSnapshots.ChunkLengths(length).ShouldBe(chunks, ignoreOrder: true);

    private IEnumerable<long> Numbers => _held.Whole.Select(whole => whole.Number);

    private void Arrive(long number, long before)
    {
        _held.Begin(number, Two, before);
        _held.Add(number, 0, new float[Length]);
        _held.Add(number, Length, new float[Length]);
    }

    private static IEnumerable<float> Values(HeldSnapshots.Held held) =>
        held.Vectors.SelectMany(vector => vector.Values.ToArray());
}
