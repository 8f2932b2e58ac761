using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;
using ActorTrain.Job;
using static ActorTrain.Job.SupervisionEventKinds;
using Notice = ActorTrain.Benchmarks.Chaos.FaultOutcome.Notice;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>Injects faults one after the other, and waits for the coordinator's events about them.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="client">A client of it.</param>
/// <param name="log">The coordinator's events.</param>
/// <param name="samplesApplied">The samples applied so far.</param>
/// <param name="jobEnded">Canceled when the job has ended.</param>
internal sealed class FaultInjector(
    ChaosCluster cluster,
    TrainingClient client,
    EventLog log,
    Func<long> samplesApplied,
    CancellationToken jobEnded
)
{
    // A node starts, loads its library and measures itself, on shared cores; or restarts after its removal from the
    // cluster.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A freeze of this length must be detected. The failure detector reports 4.6 s after the last heartbeat, which was
    /// up to a second before, and later if heartbeats are irregular.
    /// </summary>
    private static readonly TimeSpan SurelyDetected = TimeSpan.FromSeconds(7);

    // Nothing moves where the seed has neither the coordinator nor a shard.
    private static readonly TimeSpan MovedTimeout = TimeSpan.FromSeconds(15);

    // Each shard has one copy, taken about once a second: a fault before the next copy would lose both.
    private static readonly TimeSpan UntilCopied = TimeSpan.FromSeconds(4);
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Injects a fault; null if the job ended before.</summary>
    public async Task<FaultOutcome?> InjectAsync(Fault fault)
    {
        try
        {
            await _one.WaitAsync(jobEnded);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        try
        {
            jobEnded.ThrowIfCancellationRequested();
            var present = cluster.Present;
            var victim = present[fault.Victim % present.Count];
            var outcome = fault.Kind switch
            {
                FaultKind.Visit => await VisitAsync(fault),
                FaultKind.Freeze => await FreezeAsync(fault, victim),
                FaultKind.Kill => await ReplaceAsync(fault, victim, Signal.Kill, WorkerLost),
                _ => await ReplaceAsync(fault, victim, Signal.Terminate, WorkerLeft),
            };
            await PauseAsync(UntilCopied);
            return outcome;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<FaultOutcome> ReplaceAsync(Fault fault, NodeChild victim, Signal signal, string kind)
    {
        var began = cluster.Send(victim, signal);
        var detected = victim.IsSeed ? MovedAsync(began) : AwaitAsync(victim.Node, began, kind);
        if (!await PauseAsync(fault.Lasts))
            return Outcome(fault, began, victim, await detected, Notice.None("the job ended"));
        var started = log.Now;
        var another = await cluster.ReplaceAsync(victim);
        var recovered = another.IsSeed ? BackAsync(started) : AwaitAsync(another.Node, started, WorkerJoined);
        return Outcome(fault, began, victim, await detected, await recovered);
    }

    private async Task<FaultOutcome> FreezeAsync(Fault fault, NodeChild victim)
    {
        var began = cluster.Send(victim, Signal.Stop);
        if (victim.IsSeed)
        {
            var moved = MovedAsync(began);
            await PauseAsync(fault.Lasts);
            var back = BackAsync(cluster.Send(victim, Signal.Continue));
            return Outcome(fault, began, victim, await moved, await back);
        }
        var timeout = fault.Lasts + MovedTimeout;
        var waiting = log.FirstAsync(IsAbout(victim.Node, WorkerUnreachable, WorkerLost), began, timeout, jobEnded);
        await PauseAsync(fault.Lasts);
        var thawed = cluster.Send(victim, Signal.Continue);
        var entry = await waiting;
        if (entry is null && fault.Lasts < SurelyDetected)
            return Outcome(fault, began, victim, Notice.None("none: too short"), Notice.None("none needed"));
        // Events after it resumed are no longer about the freeze.
        var recovered = entry is null
            ? Notice.None("")
            : await AwaitAsync(victim.Node, entry.At > thawed ? entry.At : thawed, WorkerReachable, WorkerJoined);
        var detected = ToNotice(entry, began, timeout, WorkerUnreachable);
        return Outcome(fault, began, victim, detected, recovered);
    }

    private async Task<FaultOutcome> VisitAsync(Fault fault)
    {
        var began = log.Now;
        var visitor = cluster.AddWorker();
        var detected = await AwaitAsync(visitor.Node, began, WorkerJoined);
        await PauseAsync(fault.Lasts);
        var left = cluster.Send(visitor, Signal.Terminate);
        return Outcome(fault, began, visitor, detected, await AwaitAsync(visitor.Node, left, WorkerLeft));
    }

    private FaultOutcome Outcome(Fault fault, TimeSpan began, NodeChild node, Notice detected, Notice recovered) =>
        new(fault, began, log.Now, node.Node, node.IsSeed, detected, recovered);

    private async Task<Notice> AwaitAsync(string node, TimeSpan since, params string[] kinds) =>
        ToNotice(await log.FirstAsync(IsAbout(node, kinds), since, Timeout, jobEnded), since, Timeout, kinds);

    /// <summary>A seed is no worker: its loss has an event where it had the coordinator or a shard.</summary>
    private async Task<Notice> MovedAsync(TimeSpan since)
    {
        var entry = await log.FirstAsync(
            raised => raised.Kind is CoordinatorMoved or ShardRestored,
            since,
            MovedTimeout,
            jobEnded
        );
        return entry is null ? Notice.None("none needed") : ToNotice(entry, since, MovedTimeout);
    }

    /// <summary>Waits until the seed is a node of the cluster that trains.</summary>
    private async Task<Notice> BackAsync(TimeSpan since)
    {
        // A seed that was frozen answers first with what it knew as the coordinator.
        var applied = samplesApplied();
        while (log.Now < since + Timeout && !jobEnded.IsCancellationRequested)
        {
            if (
                await StatusAsync() is { } status
                && status.Job?.SamplesApplied > applied
                && status.Nodes.Any(node => node.Absence is null && node.Node == $"{cluster.Seed}")
            )
                return new Notice("seed-joined", Seconds(log.Now - since));
            await PauseAsync(TimeSpan.FromMilliseconds(100));
        }
        return ToNotice(null, since, Timeout, "seed in the cluster");
    }

    private async Task<ClusterStatus?> StatusAsync()
    {
        try
        {
            return await client.GetStatusAsync(jobEnded);
        }
        catch (ActorTrainException)
        {
            return null;
        }
    }

    private static Func<SupervisionEvent, bool> IsAbout(string node, params string[] kinds) =>
        raised => raised.Node == node && kinds.Contains(raised.Kind);

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
