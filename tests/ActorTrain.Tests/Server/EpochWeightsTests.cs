using ActorTrain.Consistency;
using ActorTrain.Job;
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
        foreach (
            var (epoch, start) in from epoch in Enumerable.Range(1, 3)
            from start in new[] { 0, 16 }
            select (epoch, start)
        )
        {
            shard.Receive(new LeasePart(epoch, start, 16), _worker, shard.Version, [1f]);
            if (start == 16)
                ends.Add(shard.Weights[0]);
        }

        ends.Distinct().Count().ShouldBe(3);
        for (var epoch = 1; epoch <= 3; epoch++)
            After(shard, epoch).ShouldBe((2 * epoch, ends[epoch - 1]));
        After(shard, 0).ShouldBe((6, ends[2]), "those of no epoch are the newest");
    }

    [Fact]
    public void What_is_evaluated_is_kept_no_longer()
    {
        var shard = Shard(epochs: 3);
        for (var epoch = 1; epoch <= 2; epoch++)
            foreach (var start in new[] { 0, 16 })
                shard.Receive(new LeasePart(epoch, start, 16), _worker, shard.Version, [1f]);
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
                shard.Receive(new LeasePart(epoch, start, 16), _worker, shard.Version, [1f]);

        After(shard, 2).Version.ShouldBe(4);
        After(shard, 3, isKept: false).Version.ShouldBe(10, "it is not kept");
        After(shard, 4).Version.ShouldBe(8);
        After(shard, 5).Version.ShouldBe(10);
    }

    [Fact]
    public void The_last_epochs_are_those_that_there_are_also_when_they_are_kept_no_more()
    {
        var shard = Shard(epochs: 1);
        foreach (var start in new[] { 0, 16 })
            shard.Receive(new LeasePart(1, start, 16), _worker, shard.Version, [1f]);
        shard.ForgetEpochsBefore(2);

        After(shard, 1).Version.ShouldBe(2);
    }

    [Fact]
    public void While_the_step_that_ends_an_epoch_is_gathered_nobody_is_given_others()
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
        shard.March(
            Jobs.Of().Consistency with
            {
                Mode = ConsistencyMode.Synchronous,
                Synchronous = new SynchronousOptions(0, BackupWorkers: 1, Deterministic: false),
            },
            contributions: 3
        );
        shard.Receive(new LeasePart(1, 0, 16), _worker, 0, [1f]);
        shard.Receive(new LeasePart(1, 16, 16), new WorkerId("b:1", 2), 0, [1f]);

        shard.WeightsAfter(1, PayloadType.F32).ShouldBeNull();

        shard.Receive(new LeasePart(2, 0, 16), new WorkerId("c:1", 3), 0, [1f]);
        After(shard, 1).Version.ShouldBe(1);
    }

    private static (long Version, float Weight) After(ShardState shard, int epoch, bool isKept = true)
    {
        var (version, isOfEpoch, weights) = shard.WeightsAfter(epoch, PayloadType.F32)!.Value;
        isOfEpoch.ShouldBe(isKept);
        var weight = weights.Values.Span[0];
        weights.Release();
        return (version, weight);
    }

    private static ShardState Shard(int epochs, int evaluateEvery = 1, Func<JobOptions, JobOptions>? change = null)
    {
        var job = Jobs.Of(epochs: epochs, batch: 16) with { EvaluateEvery = evaluateEvery };
        var shard = new ShardState(0, 1, 32, change?.Invoke(job) ?? job, new TensorPool(shared: false, keep: 0));
        shard.Initialize([10f]);
        return shard;
    }
}
