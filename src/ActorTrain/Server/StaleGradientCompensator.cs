using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Server;

/// <summary>
/// What a shard keeps for a policy that changes stale gradients: the compensation, the weights that workers compute
/// from, and memory for the result. A shard with another policy has none.
/// </summary>
internal sealed class StaleGradientCompensator
{
    private readonly IGradientCompensation _compensation;
    private readonly SentWeights _sent;
    private readonly float[] _compensated;

    private StaleGradientCompensator(IGradientCompensation compensation, int maxInFlightPushes, int length) =>
        (_compensation, _sent, _compensated) = (compensation, new SentWeights(maxInFlightPushes), new float[length]);

    /// <summary>The compensator of a policy; null for a policy without one.</summary>
    public static StaleGradientCompensator? Create(StalenessOptions staleness, JobOptions job, int length) =>
        GradientCompensations.Create(staleness, job.ShardOptimizer, length) is { } compensation
            ? new StaleGradientCompensator(compensation, job.MaxInFlightPushes, length)
            : null;

    /// <summary>Whether it reads older weights, so that no update may overwrite them.</summary>
    public bool ComparesVersions => _compensation.ComparesVersions;

    /// <inheritdoc cref="IGradientCompensation.State"/>
    public IReadOnlyList<Memory<float>> State => _compensation.State;

    /// <inheritdoc cref="IGradientCompensation.Numbers"/>
    public IReadOnlyList<double> Numbers
    {
        get => _compensation.Numbers;
        set => _compensation.Numbers = value;
    }

    /// <summary>
    /// Computes what is applied instead of a gradient, its weight included; valid until the next call.
    /// </summary>
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
        var computedFrom = baseVersion == version ? null : _sent.Find(worker, baseVersion);
        _compensation.Compensate(
            new StaleGradient(
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

    /// <summary>The result has been applied.</summary>
    public void Updated(
        ReadOnlySpan<float> before,
        ReadOnlySpan<float> after,
        float learningRate,
        ReadOnlySpan<FlatRange> touched
    ) => _compensation.Updated(before, after, learningRate, touched);

    /// <summary>The weights are sent to a worker.</summary>
    public void Sent(string worker, long version, TensorBuffer weights)
    {
        if (_compensation.ComparesVersions)
            _sent.Add(worker, version, weights);
    }

    /// <summary>A worker's incarnation has ended.</summary>
    public void Forget(string worker)
    {
        _compensation.Forget(worker);
        _sent.Release(worker);
    }

    /// <summary>All workers' incarnations have ended.</summary>
    public void ForgetAll()
    {
        _compensation.ForgetAll();
        _sent.ReleaseAll();
    }

    /// <summary>Releases all memory: the policy or the shard ends.</summary>
    public void Release() => _sent.ReleaseAll();
}
