using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Server;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Server;

/// <summary>A shard keeps the weights of each epoch that is still to be evaluated, as they were when it was
/// complete.</summary>
public sealed class EpochWeightsTests
{
    private readonly WorkerId _worker = new("a:1", 1);

    [Fact]
    public void They_are_those_of_the_epochs_end_however_far_the_next_has_come()
    {
        var shard = Shard(epochs: 3);
        var ends = new List<float>();
        foreach (var (epoch, start) in from epoch in Enumerable.Range(1, 3) from start in new[] { 0, 16 } select (epoch, start))
        {
            shard.Receive(new LeasePart(epoch, start, 16), _worker, shard.Version, [1f]);
            if (start == 16) ends.Add(shard.Weights[0]);
        }

        ends.Distinct().Count().ShouldBe(3);
        for (var epoch = 1; epoch <= 3; epoch++) After(shard, epoch).ShouldBe((2 * epoch, ends[epoch - 1]));
        After(shard, 0).ShouldBe((6, ends[2]), "those of no epoch are the newest");
    }

    [Fact]
    public void What_is_evaluated_is_kept_no_longer()
    {
        var shard = Shard(epochs: 3);
        for (var epoch = 1; epoch <= 2; epoch++)
            foreach (var start in new[] { 0, 16 }) shard.Receive(new LeasePart(epoch, start, 16), _worker, shard.Version, [1f]);
        var second = After(shard, 2);

        shard.ForgetEpochsBefore(2);

        After(shard, 1).ShouldBe((4, shard.Weights[0]));
        After(shard, 2).ShouldBe(second);
    }

    [Fact]
    public void Only_epochs_that_are_evaluated_are_kept()
    {
        var shard = Shard(epochs: 5, evaluateEvery: 2);
        for (var epoch = 1; epoch <= 5; epoch++)
            foreach (var start in new[] { 0, 16 }) shard.Receive(new LeasePart(epoch, start, 16), _worker, shard.Version, [1f]);

        After(shard, 2).Version.ShouldBe(4);
        After(shard, 3).Version.ShouldBe(10, "it is not kept");
        After(shard, 4).Version.ShouldBe(8);
        After(shard, 5).Version.ShouldBe(10);
    }

    private static (long Version, float Weight) After(ShardState shard, int epoch)
    {
        var (version, weights) = shard.WeightsAfter(epoch, PayloadType.F32);
        var weight = weights.Values.Span[0];
        weights.Release();
        return (version, weight);
    }

    private static ShardState Shard(int epochs, int evaluateEvery = 1)
    {
        var shard = new ShardState(0, 1, 32, Jobs.Of(epochs: epochs, batch: 16) with { EvaluateEvery = evaluateEvery }, new TensorPool(shared: false, keep: 0));
        shard.Initialize([10f]);
        return shard;
    }
}
