using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Server;

/// <summary>A shard keeps the weights of each epoch's end until the epoch is evaluated.</summary>
public sealed class EpochWeightsTests
{
    private readonly WorkerId _worker = new("a:1", 1);

    [Fact]
    public void Each_epoch_has_the_weights_of_its_own_end_after_later_epochs()
    {
        var shard = Shard(epochs: 3);
        var ends = new List<float>();
        foreach (
            var (epoch, start) in from epoch in Enumerable.Range(1, 3)
            from start in new[] { 0, 16 }
            select (epoch, start)
        )
        {
            shard.Receive(new SampleRange(epoch, start, 16), _worker, shard.Version, [1f]);
            if (start == 16)
                ends.Add(shard.Weights[0]);
        }

        ends.Distinct().Count().ShouldBe(3);
        for (var epoch = 1; epoch <= 3; epoch++)
            After(shard, epoch).ShouldBe((2 * epoch, ends[epoch - 1]));
        After(shard, 0).ShouldBe((6, ends[2]), "those of no epoch are the newest");
    }

    [Fact]
    public void Weights_of_an_evaluated_epoch_are_released()
    {
        var shard = Shard(epochs: 3);
        for (var epoch = 1; epoch <= 2; epoch++)
            foreach (var start in new[] { 0, 16 })
                shard.Receive(new SampleRange(epoch, start, 16), _worker, shard.Version, [1f]);
        var second = After(shard, 2);

        shard.ForgetEpochsBefore(2);

        After(shard, 1, isKept: false).ShouldBe((4, shard.Weights[0]));
        After(shard, 2).ShouldBe(second);
    }

    [Fact]
    public void Only_epochs_that_are_evaluated_are_kept()
    {
        var shard = Shard(epochs: 5, evaluateEvery: 2);
        for (var epoch = 1; epoch <= 5; epoch++)
            foreach (var start in new[] { 0, 16 })
                shard.Receive(new SampleRange(epoch, start, 16), _worker, shard.Version, [1f]);

        After(shard, 2).Version.ShouldBe(4);
        After(shard, 3, isKept: false).Version.ShouldBe(10, "it is not kept");
        After(shard, 4).Version.ShouldBe(8);
        After(shard, 5).Version.ShouldBe(10);
    }

    [Fact]
    public void After_the_last_epoch_its_weights_are_the_newest()
    {
        var shard = Shard(epochs: 1);
        foreach (var start in new[] { 0, 16 })
            shard.Receive(new SampleRange(1, start, 16), _worker, shard.Version, [1f]);
        shard.ForgetEpochsBefore(2);

        After(shard, 1).Version.ShouldBe(2);
    }

    [Fact]
    public void While_the_step_that_ends_an_epoch_is_open_there_are_no_weights_of_that_epoch()
    {
        var shard = Shard(
            epochs: 2,
            change: job =>
                job with
                {
                    Consistency = job.Consistency with
                    {
                        Mode = ConsistencyMode.Synchronous,
                        Synchronous = new SynchronousOptions(0, BackupWorkers: 1, Deterministic: false),
                    },
                }
        );
        shard.SetConsistency(
            Jobs.Create().Consistency with
            {
                Mode = ConsistencyMode.Synchronous,
                Synchronous = new SynchronousOptions(0, BackupWorkers: 1, Deterministic: false),
            },
            contributions: 3
        );
        shard.Receive(new SampleRange(1, 0, 16), _worker, 0, [1f]);
        shard.Receive(new SampleRange(1, 16, 16), new WorkerId("b:1", 2), 0, [1f]);

        shard.WeightsAfter(1, TransferDType.F32).ShouldBeNull();

        shard.Receive(new SampleRange(2, 0, 16), new WorkerId("c:1", 3), 0, [1f]);
        After(shard, 1).Version.ShouldBe(1);
    }

    private static (long Version, float Weight) After(ShardState shard, int epoch, bool isKept = true)
    {
        var (version, isOfEpoch, weights) = shard.WeightsAfter(epoch, TransferDType.F32)!.Value;
        isOfEpoch.ShouldBe(isKept);
        var weight = weights.Values.Span[0];
        weights.Release();
        return (version, weight);
    }

    private static ShardState Shard(int epochs, int evaluateEvery = 1, Func<JobOptions, JobOptions>? change = null)
    {
        var job = Jobs.Create(epochs: epochs, batch: 16) with { EvaluateEvery = evaluateEvery };
        var shard = new ShardState(0, 1, 32, change?.Invoke(job) ?? job, new TensorPool(shared: false, keep: 0));
        shard.Initialize([10f]);
        return shard;
    }
}
