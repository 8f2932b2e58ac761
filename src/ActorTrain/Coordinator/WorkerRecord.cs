using ActorTrain.Balancing;
using ActorTrain.Engines;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What a job knows of the worker of one node process, over all its incarnations.</summary>
internal sealed class WorkerRecord(WorkerHost host)
{
    private readonly ThroughputEstimate _estimate = new();

    public WorkerHost Host => host;

    public string Node => host.Node;

    /// <summary>Whether it takes part now.</summary>
    public bool Active { get; set; }

    /// <summary>Why it takes no part; null while it does.</summary>
    public string? Absence { get; set; }

    /// <summary>Whether its node does not answer at the moment; it may come back as a new incarnation.</summary>
    public bool Unreachable { get; set; }

    /// <summary>The actor of its present incarnation.</summary>
    public IActorRef Worker { get; private set; } = ActorRefs.Nobody;

    /// <summary>The actor that requested the latest lease.</summary>
    public IActorRef LeaseRequester { get; set; } = ActorRefs.Nobody;

    public WorkerId Id { get; private set; } = new(host.Node, 0, host.Restarts);

    public DeviceDescription? Device { get; private set; }

    /// <summary>Samples that its memory holds at once; kept over its incarnations.</summary>
    public int MostSamples { get; set; } = int.MaxValue;

    /// <summary>Leases finished, counted from what the slowest had when it joined.</summary>
    public long Leases { get; set; }

    /// <summary>Gradients finished, counted from what the slowest had when it joined.</summary>
    public long Clock { get; set; }

    /// <summary>When the last lease ended.</summary>
    public TimeSpan FinishedAt { get; private set; }

    /// <summary>Whether its present incarnation has requested a lease.</summary>
    public bool HasRequested { get; set; }

    /// <summary>Samples a second, by the latest leases.</summary>
    public double Throughput => _estimate.SamplesPerSecond;

    /// <summary>Samples a second over all its finished leases; its own measurement before the first.</summary>
    public double MeanThroughput => LeaseSeconds > 0 ? LeaseSamples / LeaseSeconds : Throughput;

    private long LeaseSamples { get; set; }

    private double LeaseSeconds { get; set; }

    public WorkerSnapshot? ToSnapshot() =>
        Device is { } device
            ? new WorkerSnapshot(
                host.Node,
                host.Restarts,
                host.Actor.IsNobody() ? null : host.Actor,
                device,
                MostSamples,
                LeaseSamples,
                LeaseSeconds,
                Absence
            )
            : null;

    public static WorkerRecord From(WorkerSnapshot snapshot) =>
        new(new WorkerHost(snapshot.Node, snapshot.Restarts, snapshot.Host ?? ActorRefs.Nobody))
        {
            Device = snapshot.Device,
            MostSamples = snapshot.MostSamples,
            LeaseSamples = snapshot.LeaseSamples,
            LeaseSeconds = snapshot.LeaseSeconds,
            Absence = snapshot.Absence ?? "it has not come back since the coordinator was lost",
        };

    /// <summary>A new incarnation takes part.</summary>
    public void Begin(long incarnation, IActorRef worker, DeviceDescription device, double measured)
    {
        Id = Id with { Incarnation = incarnation };
        (Worker, Device) = (worker, device);
        (Active, Unreachable, HasRequested, Absence) = (true, false, false, null);
        _estimate.Begin(measured);
    }

    /// <summary>The present incarnation takes part no longer.</summary>
    public void End(string? absence) => (Active, Absence) = (false, absence?.AsClause());

    public void LeaseEnded(WorkerProtocol.LeaseAccount account, TimeSpan now)
    {
        Leases++;
        Clock += account.Pushes;
        FinishedAt = now;
        LeaseSamples += account.Trained;
        LeaseSeconds += account.Seconds;
        _estimate.Took(account.Trained, account.Seconds);
    }

    public PlannedWorker ToPlan(double leaseFactor, bool isUnavailable, long mostPushes = long.MaxValue) =>
        new(
            host.Node,
            Device?.IsGpu == true,
            Throughput,
            MostSamples,
            leaseFactor,
            isUnavailable,
            (int)Math.Min(int.MaxValue, mostPushes)
        );
}
