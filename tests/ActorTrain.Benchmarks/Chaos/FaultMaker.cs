using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using static ActorTrain.Supervision.SupervisionEventKinds;
using Told = ActorTrain.Benchmarks.Chaos.FaultOutcome.Told;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>Makes faults happen, and waits for what the coordinator says about them.</summary>
/// <param name="crew">Whom they happen to.</param>
/// <param name="log">What the coordinator says.</param>
/// <param name="over">Cancelled when the job is over.</param>
internal sealed class FaultMaker(Crew crew, EventLog log, CancellationToken over)
{
    // A worker is started, loads its library and measures itself; or is started anew after it was taken out of the
    // cluster. On cores that others use, too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A worker that stands still for so long must be noticed. The failure detector speaks 4.6 s after the last
    /// heartbeat, which was up to a second before, and its patience grows where heartbeats come irregularly.
    /// </summary>
    private static readonly TimeSpan SurelyNoticed = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Makes one happen; null when the job was over before.</summary>
    public async Task<FaultOutcome?> MakeAsync(Fault fault)
    {
        try
        {
            if (fault.Kind == FaultKind.Visit)
                return await VisitAsync(fault);
            WorkerChild? worker;
            while ((worker = crew.Take(fault.Victim)) is null)
                await Task.Delay(Grace, over);
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
        var began = crew.Send(worker, signal);
        var noticed = WaitAsync(worker.Node, began, kind);
        if (!await PauseAsync(fault.Lasts))
            return new FaultOutcome(fault, began, worker.Node, await noticed, Told.Nothing("the job was over"));
        var started = log.Now;
        var another = crew.Add();
        var mended = await WaitAsync(another.Node, started, WorkerJoined);
        crew.Free(another);
        return new FaultOutcome(fault, began, worker.Node, await noticed, mended);
    }

    private async Task<FaultOutcome> FreezeAsync(Fault fault, WorkerChild worker)
    {
        var began = crew.Send(worker, Signal.Stop);
        var waiting = log.FirstAsync(worker.Node, began, fault.Lasts + Grace, over, WorkerUnreachable, WorkerLost);
        await PauseAsync(fault.Lasts);
        var thawed = crew.Send(worker, Signal.Continue);
        var told = await waiting;
        if (told is null && fault.Lasts < SurelyNoticed)
        {
            crew.Free(worker);
            return new FaultOutcome(
                fault,
                began,
                worker.Node,
                Told.Nothing("none: too short"),
                Told.Nothing("none needed")
            );
        }
        // What is heard after it was let go on is no longer about its silence.
        var mended = told is null
            ? Told.Nothing("")
            : await WaitAsync(worker.Node, told.At > thawed ? told.At : thawed, WorkerReachable, WorkerJoined);
        crew.Free(worker);
        return new FaultOutcome(
            fault,
            began,
            worker.Node,
            Tell(told, began, fault.Lasts + Grace, WorkerUnreachable),
            mended
        );
    }

    private async Task<FaultOutcome> VisitAsync(Fault fault)
    {
        over.ThrowIfCancellationRequested();
        var began = log.Now;
        var visitor = crew.Add();
        var noticed = await WaitAsync(visitor.Node, began, WorkerJoined);
        await PauseAsync(fault.Lasts);
        var left = crew.Send(visitor, Signal.Terminate);
        return new FaultOutcome(fault, began, visitor.Node, noticed, await WaitAsync(visitor.Node, left, WorkerLeft));
    }

    private async Task<Told> WaitAsync(string node, TimeSpan since, params string[] kinds) =>
        Tell(await log.FirstAsync(node, since, Patience, over, kinds), since, Patience, kinds);

    private Told Tell(EventLog.Heard? heard, TimeSpan since, TimeSpan patience, params string[] kinds)
    {
        if (heard is not null)
            return new Told(heard.Event.Kind, Seconds(heard.At - since));
        var waited = log.Now - since;
        return waited < patience
            ? Told.Nothing("the job was over")
            : new Told($"no {string.Join(" or ", kinds)}", Seconds(waited), Wrong: true);
    }

    /// <summary>Lets time pass; false when the job was over before.</summary>
    private async Task<bool> PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, over);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
