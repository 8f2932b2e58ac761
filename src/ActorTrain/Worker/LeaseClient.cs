using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>A worker's side of its leases: requests them from the coordinator, and reports how they end.</summary>
/// <param name="coordinator">The actor that grants leases.</param>
/// <param name="worker">The worker.</param>
/// <param name="system">The actor system.</param>
/// <param name="sender">The actor that the coordinator replies to.</param>
internal sealed class LeaseClient(IActorRef coordinator, WorkerId worker, ActorSystem system, IActorRef sender)
{
    private TimeSpan? _requestedAt;

    /// <summary>The leases that the worker holds.</summary>
    public HeldLeases Held { get; } = new();

    /// <summary>Requests a lease, unless one is requested.</summary>
    public void Request(TimeSpan now)
    {
        if (_requestedAt is null)
            Send(now);
    }

    /// <summary>
    /// Requests a lease again where the request was sent at this time or before: a connection may have lost the grant.
    /// </summary>
    public void RequestAgain(TimeSpan since, TimeSpan now)
    {
        if (_requestedAt <= since)
            Send(now);
    }

    /// <summary>Whether a granted lease was requested: one request sent twice may get two.</summary>
    public bool TryAccept()
    {
        if (_requestedAt is null)
            return false;
        _requestedAt = null;
        return true;
    }

    /// <summary>Returns a whole lease.</summary>
    public void Return(Lease lease) =>
        coordinator.Tell(
            new WorkerProtocol.LeaseEnded(
                worker,
                lease.Id,
                [lease.Range],
                [],
                new WorkerProtocol.LeaseAccount(0, 0, 0, 0, 0)
            ),
            sender
        );

    /// <summary>Returns the parts that have not been begun.</summary>
    public void ReturnUnbegun(TimeSpan now)
    {
        foreach (var run in Held.All)
        {
            run.ReturnUnbegun();
            EndIfDone(run, now);
        }
    }

    /// <summary>Ends a lease whose parts are all judged.</summary>
    public void EndIfDone(LeaseRun run, TimeSpan now)
    {
        if (run.IsDone)
            End(run, now);
    }

    /// <summary>Ends all leases, and returns what is not done of them.</summary>
    public void EndAll(TimeSpan now)
    {
        foreach (var run in Held.All)
            End(run, now);
    }

    private void End(LeaseRun run, TimeSpan now)
    {
        Held.Remove(run);
        coordinator.TellInPages(system, run.End(worker, now), sender);
    }

    private void Send(TimeSpan now)
    {
        _requestedAt = now;
        coordinator.Tell(new WorkerProtocol.RequestLease(worker), sender);
    }
}
