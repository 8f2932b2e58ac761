using ActorTrain.Engines;
using ActorTrain.Job;

namespace ActorTrain.Coordinator;

/// <summary>
/// How far leases may run ahead of evaluations: shards keep the weights of each epoch that is not evaluated yet, and
/// their memory is bounded.
/// </summary>
internal sealed class EvaluationPace
{
    // Weights of epochs that wait for their evaluation, in all shards together.
    private const long MemoryForEpochs = 256L << 20;
    private const int MostEpochsKept = 64;

    private readonly JobOptions _job;
    private readonly int _mostKept;

    public EvaluationPace(JobOptions job, ModelDescription model)
    {
        _job = job;
        // For each epoch, the parameters and the buffers that each worker has reported.
        var elements = model.Parameters.Length + (long)model.Buffers.Length * job.MinimumWorkers;
        _mostKept = (int)Math.Clamp(MemoryForEpochs / (sizeof(float) * elements), 1, MostEpochsKept);
    }

    /// <summary>The first epoch whose weights are kept.</summary>
    public int FirstKept { get; private set; } = 1;

    /// <summary>The last epoch that leases may be granted of.</summary>
    public int LastEpoch => (int)Math.Min(_job.Epochs, (long)FirstKept + _mostKept * _job.EvaluateEvery);

    /// <summary>Weights are kept from another epoch on.</summary>
    /// <returns>Whether it differs from the one before.</returns>
    public bool Keep(int first)
    {
        if (first == FirstKept)
            return false;
        FirstKept = first;
        return true;
    }
}
