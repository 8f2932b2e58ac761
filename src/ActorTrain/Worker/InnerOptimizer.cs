using ActorTrain.Balancing;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// The optimizer of a worker's local steps, with its state for one incarnation, and memory for the parameters that a
/// run begins with.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="parameters">Parameters of the model.</param>
/// <param name="samples">Training samples.</param>
/// <param name="algorithms">Creates the optimizer.</param>
internal sealed class InnerOptimizer(JobOptions job, int parameters, int samples, Algorithms algorithms)
{
    private readonly IOptimizer _optimizer = algorithms.Create(job.Optimizer, parameters);
    private readonly LearningRateSchedule _schedule = new(job.Schedule, job.Epochs, samples);

    /// <summary>The parameters that a run began with, [parameters].</summary>
    public Memory<float> Start { get; } = new float[parameters];

    /// <summary>Seeds whatever is random in a step on these samples: the same on every worker.</summary>
    public long SeedOf(SampleRange samples) => SampleOrder.SeedOf(job.Seed, samples);

    /// <summary>One step, as a shard would take it: clipped, and weighted by its share of a batch.</summary>
    /// <param name="part">The samples of the gradient.</param>
    /// <param name="weights">The parameters, all of them.</param>
    /// <param name="gradient">The mean gradient; clipped afterwards.</param>
    /// <param name="untouched">Ranges without a gradient: they stay unchanged.</param>
    public void Step(
        SampleRange part,
        Span<float> weights,
        Span<float> gradient,
        IReadOnlyList<FlatRange>? untouched = null
    )
    {
        GradientClipping.Clip(gradient, (float)job.GradientClipNorm);
        // Only the shards know how many samples are applied. Leases are granted in order, so the samples before the
        // part are nearly as many.
        var before = (part.Epoch - 1L) * samples + part.Start;
        var rate = (float)(job.Optimizer.LearningRate * _schedule.FactorAt(before, part.Count));
        _optimizer.Apply(
            weights,
            weights,
            gradient,
            rate,
            StepWeight.Compute(part, job.BatchSize, samples, job.SmallestMicroBatch),
            FlatRange.Without(parameters, untouched ?? [])
        );
    }

    /// <summary>The weight that shards give a push: 1 for a whole one.</summary>
    public float WeightOf(SampleRange part) =>
        StepWeight.Compute(part, job.PushSamples, samples, job.SmallestMicroBatch);
}
