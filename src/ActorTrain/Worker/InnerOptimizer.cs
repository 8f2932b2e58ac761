using ActorTrain.Balancing;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// What a worker keeps from one local run to the next: the job's optimizer with its state, for one life, and memory for
/// where a run began.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="parameters">Parameters of the model.</param>
/// <param name="samples">Training samples.</param>
internal sealed class InnerOptimizer(JobOptions job, int parameters, int samples)
{
    private readonly IOptimizer _optimizer = Optimizer.Of(job.Optimizer, parameters);
    private readonly LearningRateSchedule _schedule = new(job.Schedule, job.Epochs, samples);

    /// <summary>The parameters that a run began with, [parameters].</summary>
    public Memory<float> Start { get; } = new float[parameters];

    /// <summary>Seeds whatever is random in the step on some samples: the same whoever takes it.</summary>
    public long SeedOf(LeasePart samples) => SampleOrder.SeedOf(job.Seed, samples);

    /// <summary>One step, as a shard would take it: clipped, and weighed by its part of a batch.</summary>
    /// <param name="part">The samples of the gradient.</param>
    /// <param name="weights">The parameters, all of them.</param>
    /// <param name="gradient">The mean gradient; clipped afterwards.</param>
    /// <param name="untouched">Stretches that have no gradient: they stay as they are.</param>
    public void Step(
        LeasePart part,
        Span<float> weights,
        Span<float> gradient,
        IReadOnlyList<FlatRange>? untouched = null
    )
    {
        GradientClipping.Clip(gradient, job.ClipNorm);
        // What all workers have applied is known to the shards alone. Leases are handed out in order, so the samples
        // before the part's place are nearly those.
        var before = (part.Epoch - 1L) * samples + part.Start;
        var rate = (float)(job.Optimizer.LearningRate * _schedule.FactorAt(before, part.Count));
        _optimizer.Apply(
            weights,
            weights,
            gradient,
            rate,
            StepWeight.Of(part, job.Batch, samples, job.LeastMicroBatch),
            FlatRange.Without(parameters, untouched ?? [])
        );
    }

    /// <summary>What the shards weigh a push by: 1 for a whole one.</summary>
    public float WeightOf(LeasePart part) => StepWeight.Of(part, job.PushSamples, samples, job.LeastMicroBatch);
}
