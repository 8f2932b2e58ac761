using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Staleness;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Server;

/// <summary>
/// A shard under the policies that change a gradient. A push stands for a whole batch, and is answered with the weights
/// that its worker computes from next.
/// </summary>
public abstract class CompensatorTestBase
{
    private protected const int Batch = 8;
    private protected static readonly WorkerId Alice = new("alice:1", 1);
    private protected static readonly WorkerId Bob = new("bob:1", 2);
    private protected readonly TensorPool _pool = new(shared: false, keep: 1 << 24);
    private int _pushes;

    public static TheoryData<string> Policies => CompensationTests.Policies;

    public static TheoryData<string> ComparingPolicies => CompensationTests.ComparingPolicies;

    private protected static StalenessOptions Dc(float lambda) =>
        Jobs.Staleness(StalenessPolicy.DcAsgd) with
        {
            DcAsgd = new DcAsgdOptions(lambda),
        };

    private protected ShardState Shard(StalenessOptions staleness, OptimizerOptions optimizer, params float[] weights)
    {
        var shard = new ShardState(
            index: 0,
            weights.Length,
            samples: 100_000 * Batch,
            Jobs.Create(epochs: 1, batch: Batch, optimizer: optimizer, staleness: staleness),
            _pool
        );
        shard.Initialize(weights);
        return shard;
    }

    /// <summary>
    /// A push of new samples, and its reply, which the worker releases at once.
    /// </summary>
    private protected Verdict Push(ShardState shard, WorkerId worker, long version, params float[] gradient)
    {
        var verdict = shard.Receive(
            new SampleRange(1, Interlocked.Increment(ref _pushes) * Batch, Batch),
            worker,
            version,
            gradient
        );
        shard.Share(TransferDType.F32, worker).Release();
        return verdict;
    }

    private protected static float[] Vector(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
}
