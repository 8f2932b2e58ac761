using ActorTrain.Parameters;
using CsCheck;

namespace ActorTrain.Tests.Parameters;

public sealed class ShardMapTests
{
    [Fact]
    public void Covers_the_vector_without_gaps_in_slices_of_nearly_one_size() =>
        Gen.Select(Gen.Int[1, 5_000_000], Gen.Int[1, 64])
            .Sample(
                (parameters, shards) =>
                {
                    var slices = ShardMap.Cut(parameters, shards);
                    slices.Count.ShouldBeLessThanOrEqualTo(shards);
                    slices[0].Offset.ShouldBe(0);
                    slices
                        .Zip(slices.Skip(1))
                        .ShouldAllBe(pair => pair.First.Offset + pair.First.Length == pair.Second.Offset);
                    (slices[^1].Offset + slices[^1].Length).ShouldBe(parameters);
                    slices.ShouldAllBe(slice => slice.Length > 0);
                    // The last one also bears the vector's ragged end.
                    (slices.Max(slice => slice.Length) - slices.Min(slice => slice.Length)).ShouldBeLessThan(
                        2 * ShardMap.Alignment
                    );
                }
            );

    [Theory, InlineData(16, 4, 1), InlineData(17, 4, 2), InlineData(64, 4, 4)]
    public void A_small_vector_gets_fewer_shards_so_that_none_is_empty(int parameters, int shards, int expected) =>
        ShardMap.Cut(parameters, shards).Count.ShouldBe(expected);

    [Fact]
    public void The_largest_vector_does_not_overflow()
    {
        var slices = ShardMap.Cut(int.MaxValue, 1000);
        slices.Sum(slice => (long)slice.Length).ShouldBe(int.MaxValue);
    }
}
