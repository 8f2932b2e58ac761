using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using static ActorTrain.Job.SupervisionEventKinds;
using Notice = ActorTrain.Benchmarks.Chaos.FaultOutcome.Notice;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>Injects faults, and waits for the coordinator's events about them.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="log">The coordinator's events.</param>
/// <param name="jobEnded">Canceled when the job has ended.</param>
internal sealed class FaultInjector(ChaosCluster cluster, EventLog log, CancellationToken jobEnded)
{
    // A worker starts, loads its library and measures itself, on shared cores; or restarts after its removal from the
    // cluster.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A freeze of this length must be detected. The failure detector reports 4.6 s after the last heartbeat, which was
    /// up to a second before, and later if heartbeats are irregular.
    /// </summary>
    private static readonly TimeSpan SurelyDetected = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Injects a fault; null if the job ended before.</summary>
    public async Task<FaultOutcome?> InjectAsync(Fault fault)
    {
        try
        {
            if (fault.Kind == FaultKind.Visit)
                return await VisitAsync(fault);
            WorkerChild? worker;
            while ((worker = cluster.TakeFree(fault.Victim)) is null)
                await Task.Delay(Grace, jobEnded);
            return fault.Kind switch
            {
                FaultKind.Freeze => await FreezeAsync(fault, worker),
                FaultKind.Kill => await ReplaceAsync(fault, worker, Signal.Kill, WorkerLost),
                _ => await ReplaceAsync(fault, worker, Signal.Terminate, WorkerLeft),
            };
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<FaultOutcome> ReplaceAsync(Fault fault, WorkerChild worker, Signal signal, string kind)
    {
        var began = cluster.Send(worker, signal);
        var detected = WaitAsync(worker.Node, began, kind);
        if (!await PauseAsync(fault.Lasts))
            return new FaultOutcome(fault, began, worker.Node, await detected, Notice.None("the job ended"));
        var started = log.Now;
        var another = cluster.Add();
        var recovered = await WaitAsync(another.Node, started, WorkerJoined);
        cluster.Release(another);
        return new FaultOutcome(fault, began, worker.Node, await detected, recovered);
    }

    private async Task<FaultOutcome> FreezeAsync(Fault fault, WorkerChild worker)
    {
        var began = cluster.Send(worker, Signal.Stop);
        var waiting = log.FirstAsync(worker.Node, began, fault.Lasts + Grace, jobEnded, WorkerUnreachable, WorkerLost);
        await PauseAsync(fault.Lasts);
        var thawed = cluster.Send(worker, Signal.Continue);
        var entry = await waiting;
        if (entry is null && fault.Lasts < SurelyDetected)
        {
            cluster.Release(worker);
            return new FaultOutcome(
                fault,
                began,
                worker.Node,
                Notice.None("none: too short"),
                Notice.None("none needed")
            );
        }
        // Events after it resumed are no longer about the freeze.
        var recovered = entry is null
            ? Notice.None("")
            : await WaitAsync(worker.Node, entry.At > thawed ? entry.At : thawed, WorkerReachable, WorkerJoined);
        cluster.Release(worker);
        return new FaultOutcome(
            fault,
            began,
            worker.Node,
            ToNotice(entry, began, fault.Lasts + Grace, WorkerUnreachable),
            recovered
        );
    }

    private async Task<FaultOutcome> VisitAsync(Fault fault)
    {
        jobEnded.ThrowIfCancellationRequested();
        var began = log.Now;
        var visitor = cluster.Add();
        var detected = await WaitAsync(visitor.Node, began, WorkerJoined);
        await PauseAsync(fault.Lasts);
        var left = cluster.Send(visitor, Signal.Terminate);
        return new FaultOutcome(fault, began, visitor.Node, detected, await WaitAsync(visitor.Node, left, WorkerLeft));
    }

    private async Task<Notice> WaitAsync(string node, TimeSpan since, params string[] kinds) =>
        ToNotice(await log.FirstAsync(node, since, Timeout, jobEnded, kinds), since, Timeout, kinds);

    private Notice ToNotice(EventLog.Entry? entry, TimeSpan since, TimeSpan timeout, params string[] kinds)
    {
        if (entry is not null)
            return new Notice(entry.Event.Kind, Seconds(entry.At - since));
        var waited = log.Now - since;
        return waited < timeout
            ? Notice.None("the job ended")
            : new Notice($"no {string.Join(" or ", kinds)}", Seconds(waited), Wrong: true);
    }

    /// <summary>Waits; false if the job ended before.</summary>
    private async Task<bool> PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, jobEnded);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
