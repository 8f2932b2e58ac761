using ActorTrain.Checkpoints;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Checkpoints;

/// <summary>A job's state is the same whatever the number of shards that it is cut into.</summary>
public sealed class CheckpointStateTests
{
    private static readonly ShardProtocol.SetPolicies Policies = new(Jobs.Accept, Jobs.Asynchronous, 1);

    [Fact]
    public void Cut_into_any_numbers_of_shards_one_after_the_other_it_stays_the_same() =>
        Gen.Int[1, 9]
            .Array[1, 4]
            .Sample(numbers =>
            {
                var original = Original();
                var state = original;
                foreach (var shards in numbers)
                {
                    var parts = state.Cut(ShardMap.Cut(original.Weights.Length, shards), Policies);
                    parts.ShouldAllBe(part => part.Vectors.All(vector => vector.Length == part.Slice.Length));
                    state = CheckpointState.Gather(parts);
                }

                state.Weights.ShouldBe(original.Weights);
                state.Optimizer.ShouldBe(original.Optimizer);
                state.Policy.ShouldBe(original.Policy);
                state.Epochs.ShouldBe(original.Epochs);
                StepsOf(state).ShouldBe(StepsOf(original));
                state.Shards.ShouldAllBe(shard => shard.Samples == 96 && shard.Counts.CompleteEpochs == 1);
                state.Shards.Sum(shard => shard.Counts.DuplicatesRefused).ShouldBe(2);
                // What a shard's optimizer goes on from has no neighbours of the same number.
                state.Shards.ShouldAllBe(shard =>
                    shard.Steps.Zip(shard.Steps.Skip(1)).All(pair => pair.First.Steps != pair.Second.Steps)
                );
                return true;
            });

    [Fact]
    public void Weights_that_one_shard_keeps_no_more_for_an_evaluation_are_left_out()
    {
        var parts = Original().Cut(ShardMap.Cut(200, 2), Policies).ToList();
        var (slice, record, vectors) = parts[1];
        parts[1] = new(slice, record with { Epochs = [] }, [.. vectors.SkipLast(1)]);

        CheckpointState.Gather(parts).Epochs.ShouldBeEmpty();
    }

    private static CheckpointState Original()
    {
        const int length = 200;
        var shard = ToyCheckpoint.Create().Manifest.Shards[0] with
        {
            Slice = new ShardSlice(0, 0, length),
            Steps = [new(new(0, 50), 6), new(new(50, 100), 5), new(new(150, 50), 6)],
        };
        float[] Vector(int seed) => ToyCheckpoint.Numbers(seed, length);
        return new CheckpointState([shard], Vector(1), [Vector(2), Vector(3)], [Vector(4)], [Vector(5)]);
    }

    private static IEnumerable<long> StepsOf(CheckpointState state) =>
        state.Shards.SelectMany(shard =>
            shard.Steps.SelectMany(counted => Enumerable.Repeat(counted.Steps, counted.Range.Length))
        );
}
