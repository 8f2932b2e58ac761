using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Restarts of each node since the job began: several processes may have the same address, one after the other, and
/// this number distinguishes them.
/// </summary>
internal sealed class RestartCount
{
    private readonly Dictionary<string, (IActorRef? Host, int Restarts)> _latest = [];

    /// <summary>A job begins, or is adopted.</summary>
    /// <param name="before">The workers that took part under another coordinator.</param>
    public void Begin(IEnumerable<WorkerSnapshot> before)
    {
        _latest.Clear();
        foreach (var worker in before.OrderBy(worker => worker.Restarts))
            _latest[worker.Node] = (worker.Host, worker.Restarts);
    }

    /// <summary>The restarts of a node; one more where another process has enrolled than before.</summary>
    public int Get(NodeProtocol.Enrol node)
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
