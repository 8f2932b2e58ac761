using ActorTrain.Job;

namespace ActorTrain.Torch.Devices;

/// <summary>How many threads a node's engines use: the user's number, or one that is decided for each job.</summary>
/// <param name="given">The user's number; 0 for none.</param>
/// <param name="claims">The workers of the machine.</param>
/// <param name="processors">Processors that this process may use.</param>
internal sealed class ThreadSource(int given, WorkerClaims claims, int processors)
{
    private readonly Lock _gate = new();
    private WorkerClaim? _claim;
    private int _nodes;
    private (JobOptions Job, ThreadChoice Choice)? _last;

    /// <summary>A node that trains with these engines has started: other workers leave it its threads.</summary>
    public void NodeStarted()
    {
        lock (_gate)
            if (_nodes++ == 0)
                _claim = claims.Add(given);
    }

    /// <summary>Such a node has stopped.</summary>
    public void NodeStopped()
    {
        lock (_gate)
        {
            if (--_nodes > 0)
                return;
            _claim?.Dispose();
            _claim = null;
        }
    }

    /// <summary>The most threads that an engine may use.</summary>
    public ThreadChoice Share()
    {
        if (given > 0)
            return new(given, null);
        lock (_gate)
            return ThreadDecision.Share(processors, claims.FindOthers(_claim));
    }

    /// <summary>Chooses the threads of a job's engines.</summary>
    /// <param name="job">The job. All its engines use the number that was chosen for the first.</param>
    /// <param name="share">The threads that this engine may use.</param>
    /// <param name="speeds">Measures numbers of threads.</param>
    public ThreadChoice Choose(
        JobOptions job,
        ThreadChoice share,
        Func<IEnumerable<int>, IReadOnlyList<ThreadSpeed>> speeds
    )
    {
        if (given > 0)
            return share;
        // The last bits of a sum depend on the number of threads: equal machines must not differ.
        if (job.Consistency.Synchronous.Deterministic)
            return new(processors, "one for each processor, as the job is deterministic");
        lock (_gate)
            if (_last is { } last && ReferenceEquals(last.Job, job))
                return last.Choice;
        var choice =
            share.Threads == 1
                ? share
                : ThreadDecision.Fastest(share, speeds(ThreadDecision.Candidates(share.Threads)));
        lock (_gate)
            _last = (job, choice);
        return choice;
    }
}
