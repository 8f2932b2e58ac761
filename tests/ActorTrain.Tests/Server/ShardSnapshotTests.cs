using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Server;

/// <summary>A shard that is restored from a snapshot goes on as the shard of the snapshot does.</summary>
public sealed class ShardSnapshotTests
{
    private const int Length = 19,
        Samples = 64,
        Micro = 4,
        Epochs = 3;

    private static readonly SampleRange AtOnce = new(1, 0, 0);

    private readonly TensorPool _memory = new(shared: false, keep: 0);

    public static TheoryData<string, string, string> Shards()
    {
        var shards = new TheoryData<string, string, string>();
        foreach (var optimizer in Optimizers.Keys)
            shards.Add(optimizer, StalenessPolicy.Accept, ConsistencyMode.Asynchronous);
        foreach (var policy in StalenessPolicy.All.Where(policy => policy != StalenessPolicy.Accept))
            shards.Add("momentum", policy, ConsistencyMode.Asynchronous);
        foreach (var optimizer in Optimizers.Keys)
            shards.Add(optimizer, StalenessPolicy.Accept, ConsistencyMode.Synchronous);
        return shards;
    }

    private static readonly Dictionary<string, OptimizerOptions> Optimizers = new()
    {
        ["plain"] = new Sgd(0.05),
        ["momentum"] = new Sgd(0.05) { Momentum = 0.9 },
        ["nesterov"] = new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
        ["adam"] = new Adam(0.01),
        ["adamw"] = new AdamW(0.01) { WeightDecay = 0.1 },
        ["own"] = new CustomOptimizer("own", 0.05),
    };

    [Theory]
    [MemberData(nameof(Shards))]
    public void A_restored_shard_has_the_same_bits_after_the_same_pushes(
        string optimizer,
        string policy,
        string mode
    ) =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 1_000_000])
            .Sample(
                (before, seed) =>
                {
                    var job = Job(optimizer, policy, mode);
                    var (original, random) = (Shard(job), new Random(seed));
                    original.Initialize(Numbers(random));
                    Push(original, random, before, incarnation: 1);

                    original.RequestSnapshot(AtOnce);
                    var snapshot = original.TakenSnapshot()!;
                    // An open step loses the gradients that it has gathered.
                    if (Applied(original.GetCounts()) != Applied(snapshot.Record.Counts))
                        return mode == ConsistencyMode.Synchronous;
                    var restored = Shard(job);
                    restored.Restore(snapshot);
                    snapshot.Release();

                    foreach (var shard in new[] { original, restored })
                    {
                        shard.FenceAll(1);
                        Push(shard, new Random(seed + 1), 60, incarnation: 2);
                    }
                    restored.Weights.SequenceEqual(original.Weights).ShouldBeTrue();
                    restored.GetCounts().ShouldBeEquivalentTo(original.GetCounts());
                    for (var epoch = 0; epoch <= Epochs; epoch++)
                        WeightsAfter(restored, epoch).ShouldBe(WeightsAfter(original, epoch));
                    return true;
                },
                iter: 60
            );

    [Fact]
    public void A_snapshot_stays_as_it_is_while_its_shard_goes_on()
    {
        var shard = Shard(Job("adam", StalenessPolicy.Accept, ConsistencyMode.Asynchronous));
        shard.Initialize(new float[Length]);
        Push(shard, new Random(1), 10, incarnation: 1);
        shard.RequestSnapshot(AtOnce);
        var snapshot = shard.TakenSnapshot()!;
        var before = snapshot.Vectors.Select(vector => vector.Values.ToArray()).ToList();

        Push(shard, new Random(2), 40, incarnation: 1);

        snapshot.Vectors.Select(vector => vector.Values.ToArray()).ShouldBe(before);
    }

    [Fact]
    public void A_snapshot_of_a_synchronous_shard_lacks_the_gradients_of_the_open_step()
    {
        var shard = Shard(Job("momentum", StalenessPolicy.Accept, ConsistencyMode.Synchronous));
        shard.Initialize(new float[Length]);
        for (var i = 0; i < 3; i++)
            Push(shard, i * Micro);

        shard.RequestSnapshot(AtOnce);

        var counts = shard.TakenSnapshot()!.Record.Counts;
        counts.Version.ShouldBe(1);
        counts.Applied.ShouldBe([new SampleRange(1, 0, 2 * Micro)]);
        counts.Workers.ShouldHaveSingleItem().Samples.ShouldBe(2 * Micro);
        shard.GetCounts().Applied.ShouldBe([new SampleRange(1, 0, 3 * Micro)]);
    }

    [Fact]
    public void Shards_take_it_at_one_place_of_the_order()
    {
        var shard = Shard(Job("momentum", StalenessPolicy.Accept, ConsistencyMode.Synchronous));
        shard.Initialize(new float[Length]);
        shard.RequestSnapshot(after: new SampleRange(1, 3 * Micro, 0));
        for (var i = 0; i < 3; i++)
            Push(shard, i * Micro);
        shard.TakenSnapshot().ShouldBeNull();

        Push(shard, 3 * Micro);

        shard.TakenSnapshot()!.Record.Counts.Applied.ShouldBe([new SampleRange(1, 0, 4 * Micro)]);
    }

    [Fact]
    public void A_shard_without_updates_has_a_snapshot_too()
    {
        var shard = Shard(Job("adam", StalenessPolicy.Accept, ConsistencyMode.Synchronous));
        var weights = Numbers(new Random(3));
        shard.Initialize(weights);

        shard.RequestSnapshot(AtOnce);

        var restored = Shard(Job("adam", StalenessPolicy.Accept, ConsistencyMode.Synchronous));
        restored.Restore(shard.TakenSnapshot()!);
        restored.Weights.ToArray().ShouldBe(weights);
        restored.Version.ShouldBe(0);
    }

    [Fact]
    public void An_own_optimizer_whose_state_has_another_length_is_named()
    {
        var algorithms = new Algorithms().AddOptimizer("short", (_, _) => new Momentum(3));
        var job = Jobs.Create() with { Optimizer = new CustomOptimizer("short", 0.1) };
        var shard = new ShardState(0, Length, Samples, job, _memory, algorithms: algorithms);
        shard.Initialize(new float[Length]);

        Should
            .Throw<ActorTrainException>(() => shard.RequestSnapshot(AtOnce))
            .Message.ShouldBe(
                "optimizer 'short' has 3 numbers in a vector of State, and needs as many as there are weights: 19"
            );
    }

    [Fact]
    public void A_snapshot_of_an_optimizer_with_another_state_is_refused()
    {
        var shard = Shard(Job("adam", StalenessPolicy.Accept, ConsistencyMode.Asynchronous));
        shard.Initialize(new float[Length]);
        shard.RequestSnapshot(AtOnce);
        var other = Shard(Job("momentum", StalenessPolicy.Accept, ConsistencyMode.Asynchronous));

        Should
            .Throw<ActorTrainException>(() => other.Restore(shard.TakenSnapshot()!))
            .Message.ShouldBe(
                "the snapshot has 2 vectors of the optimizer's state, and the optimizer of this node has 1"
            );
    }

    private static JobOptions Job(string optimizer, string policy, string mode) =>
        Jobs.Create() with
        {
            Optimizer = Optimizers[optimizer],
            Staleness = Jobs.Staleness(policy),
            Consistency = new()
            {
                Mode = mode,
                Synchronous = new() { GlobalBatchSize = 2 * Micro },
            },
            BatchSize = Micro,
            Epochs = Epochs,
        };

    private ShardState Shard(JobOptions job) =>
        new(
            0,
            Length,
            Samples,
            job,
            _memory,
            algorithms: new Algorithms().AddOptimizer("own", (_, length) => new Momentum(length))
        );

    private static long Applied(ShardProtocol.Counts counts) =>
        (long)counts.CompleteEpochs * Samples + counts.Applied.Sum(range => range.Count);

    private static float[] Numbers(Random random) =>
        [.. Enumerable.Range(0, Length).Select(_ => (float)(random.NextDouble() - 0.5))];

    private static object[] WeightsAfter(ShardState shard, int epoch)
    {
        if (shard.WeightsAfter(epoch, TransferDType.F32) is not var (version, isOfEpoch, weights))
            return [];
        object[] after = [version, isOfEpoch, .. weights.Values.ToArray()];
        weights.Release();
        return after;
    }

    /// <summary>Pushes of two workers, some of them stale, repeated, or without a gradient for some ranges.</summary>
    private static void Push(ShardState shard, Random random, int pushes, long incarnation)
    {
        for (var i = 0; i < pushes; i++)
        {
            var epoch = random.Next(1, Epochs + 1);
            var part = new SampleRange(epoch, Micro * random.Next(Samples / Micro), Micro);
            var stale = random.Next(3);
            if (shard.OpenTo("") is { Count: > 0 } step && random.Next(5) > 0)
                (part, stale) = (new SampleRange(step.Epoch, step.Start + Micro * random.Next(2), Micro), 0);
            var worker = new WorkerId($"worker:{random.Next(2)}", incarnation);
            FlatRange[] untouched = random.Next(3) == 0 ? [new FlatRange(random.Next(5), 1 + random.Next(9))] : [];
            shard.Share(TransferDType.F32, worker).Release();
            shard.Receive(part, worker, Math.Max(0, shard.Version - stale), Numbers(random), untouched);
        }
    }

    private static void Push(ShardState shard, int start) =>
        shard
            .Receive(
                new SampleRange(1, start, Micro),
                new WorkerId("worker:0", 1),
                shard.Version,
                Enumerable.Repeat(1f, Length).ToArray()
            )
            .Kind.ShouldBe(VerdictKind.Applied);

    private sealed class Momentum(int length) : IOptimizer
    {
        private readonly float[] _momentum = new float[length];

        public IReadOnlyList<Memory<float>> State => [_momentum];

        public void Apply(
            ReadOnlySpan<float> weights,
            Span<float> updated,
            ReadOnlySpan<float> gradient,
            float learningRate,
            float scale,
            ReadOnlySpan<FlatRange> touched
        )
        {
            foreach (var range in touched)
                for (var i = range.Offset; i < range.End; i++)
                {
                    _momentum[i] = 0.5f * _momentum[i] + scale * gradient[i];
                    updated[i] = weights[i] - learningRate * _momentum[i];
                }
        }
    }
}
