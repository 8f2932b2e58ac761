using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// How often each node was started again since the job began: an address may be had by one process after another, and
/// what each of them did is told apart by this number.
/// </summary>
internal sealed class RestartCount
{
    private readonly Dictionary<string, (IActorRef? Host, int Restarts)> _latest = [];

    /// <summary>A job begins, or goes on.</summary>
    /// <param name="before">The workers that took part under another coordinator.</param>
    public void Begin(IEnumerable<WorkerMemory> before)
    {
        _latest.Clear();
        foreach (var worker in before.OrderBy(worker => worker.Restarts))
            _latest[worker.Node] = (worker.Host, worker.Restarts);
    }

    /// <summary>The number of a node that is here; one more where it is not the process that was seen last.</summary>
    public int Of(NodeProtocol.Enrol node)
    {
        var host = node.Worker ?? node.Server;
        var restarts =
            !_latest.TryGetValue(node.Node, out var latest) ? 0
            : Equals(latest.Host, host) ? latest.Restarts
            : latest.Restarts + 1;
        _latest[node.Node] = (host, restarts);
        return restarts;
    }
}
