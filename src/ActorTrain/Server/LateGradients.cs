using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Server;

/// <summary>
/// What a shard has for a policy that changes late gradients: the compensation, the weights that workers compute from,
/// and room for what it makes. A shard under another policy has none of it.
/// </summary>
internal sealed class LateGradients
{
    private readonly IGradientCompensation _compensation;
    private readonly HandedOutWeights _handedOut;
    private readonly float[] _compensated;

    private LateGradients(IGradientCompensation compensation, int overlap, int length) =>
        (_compensation, _handedOut, _compensated) = (compensation, new HandedOutWeights(overlap), new float[length]);

    /// <summary>What a policy needs; null when that is nothing.</summary>
    public static LateGradients? Under(StalenessOptions staleness, JobOptions job, int length) =>
        GradientCompensations.Of(staleness, job.ShardOptimizer, length) is { } compensation
            ? new LateGradients(compensation, job.Overlap, length)
            : null;

    /// <summary>Whether the weights before an update must still be there after it.</summary>
    public bool ComparesVersions => _compensation.ComparesVersions;

    /// <summary>What is applied in a gradient's place, its weight included; valid until the next.</summary>
    public ReadOnlySpan<float> Compensate(
        string worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        float weight,
        long version,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<FlatRange> touched
    )
    {
        var computedFrom = baseVersion == version ? null : _handedOut.Find(worker, baseVersion);
        _compensation.Compensate(
            new LateGradient(
                worker,
                gradient,
                weight,
                weights,
                computedFrom is null ? weights : computedFrom.Values.Span,
                touched
            ),
            _compensated
        );
        return _compensated;
    }

    /// <summary>It has been applied.</summary>
    public void Updated(
        ReadOnlySpan<float> before,
        ReadOnlySpan<float> after,
        float learningRate,
        ReadOnlySpan<FlatRange> touched
    ) => _compensation.Updated(before, after, learningRate, touched);

    /// <summary>A worker gets the weights.</summary>
    public void HandOut(string worker, long version, TensorBuffer weights)
    {
        if (_compensation.ComparesVersions)
            _handedOut.Add(worker, version, weights);
    }

    /// <summary>A worker's life has ended.</summary>
    public void Forget(string worker)
    {
        _compensation.Forget(worker);
        _handedOut.Release(worker);
    }

    /// <summary>All lives have ended.</summary>
    public void ForgetAll()
    {
        _compensation.ForgetAll();
        _handedOut.ReleaseAll();
    }

    /// <summary>The policy, or the shard, ends.</summary>
    public void Release() => _handedOut.ReleaseAll();
}
