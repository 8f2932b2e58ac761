using ActorTrain.Balancing;
using ActorTrain.Leases;

namespace ActorTrain.Tests.Balancing;

/// <summary>
/// A job in virtual time: idle workers request leases, and a lease takes its samples over its holder's true speed.
/// </summary>
internal sealed class Simulation(
    LeasePlanner planner,
    LeaseTable table,
    IReadOnlyList<PlannedWorker> workers,
    Func<PlannedWorker, double> speedOf
)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.5);
    private readonly PriorityQueue<(string Node, Lease Lease), TimeSpan> _running = new();
    private readonly HashSet<string> _idle = [.. workers.Select(worker => worker.Node)];

    public TimeSpan Now { get; private set; }

    public List<(string Node, PlannedLease Planned)> Granted { get; } = [];

    /// <summary>Goes on until every position is done.</summary>
    /// <returns>Whether that was reached within a number of events.</returns>
    public bool Run(int events = 100_000)
    {
        for (; !table.Complete && events > 0; events--)
        {
            Grant();
            // The coordinator grants again at every tick; a lease may end before.
            var tick = Now + Tick;
            if (!_running.TryPeek(out var next, out var at) || (_idle.Count > 0 && at > tick))
            {
                Now = tick;
                continue;
            }
            _running.Dequeue();
            Now = at;
            table.End(next.Lease.Id, [], round: 1);
            _idle.Add(next.Node);
        }
        return table.Complete;
    }

    private void Grant()
    {
        foreach (var worker in PlannedWorker.StrongestFirst(workers))
        {
            if (!_idle.Contains(worker.Node) || planner.Begin(table, workers, Now).Next(worker.Node) is not { } planned)
                continue;
            _idle.Remove(worker.Node);
            Granted.Add((worker.Node, planned));
            // A stuck worker never ends its lease.
            if (speedOf(worker) is > 0 and var speed)
                _running.Enqueue(
                    (worker.Node, planned.Lease),
                    Now + TimeSpan.FromSeconds(planned.Lease.Range.Count / speed)
                );
        }
    }
}
