using ActorTrain.Protocol;

namespace ActorTrain.Coordinator;

/// <summary>
/// The incarnations of a job's workers: a worker that joins, or joins again, gets a new one, and messages of a past one
/// are ignored here and refused by the shards.
/// </summary>
/// <param name="record">The job's workers.</param>
internal sealed class WorkerIncarnations(JobRecord record)
{
    // Incarnations that another coordinator began after its last snapshot are unknown. That is a fraction of a second,
    // and each begins with two messages: far fewer than this.
    private const long MostUnknown = 1_000_000;

    private readonly HashSet<string> _returning = [];

    /// <summary>The newest incarnation of any worker.</summary>
    public long Newest { get; private set; }

    /// <summary>Adopts a job: skips all incarnations that another coordinator may have begun.</summary>
    /// <param name="known">The newest in its last snapshot.</param>
    public void Adopt(long known) => Newest = known + MostUnknown;

    /// <summary>The number of a new incarnation.</summary>
    public long Begin(string node)
    {
        _returning.Remove(node);
        return ++Newest;
    }

    /// <summary>The worker in its present incarnation; null for a past one.</summary>
    public WorkerRecord? Find(WorkerId id) =>
        record.Workers.GetValueOrDefault(id.Node) is { Active: true } worker && worker.Id == id ? worker : null;

    /// <summary>A node's worker has left, and tries again with a new engine.</summary>
    public void AwaitReturn(string node) => _returning.Add(node);

    /// <summary>A node's worker is not awaited any more.</summary>
    /// <returns>Whether it was.</returns>
    public bool CancelReturn(string node) => _returning.Remove(node);

    /// <summary>Whether no worker trains, and none is about to come back.</summary>
    public bool AreAllLost =>
        _returning.Count == 0 && !record.Workers.Values.Any(worker => worker.Active || worker.Unreachable);
}
