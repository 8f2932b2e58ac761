using ActorTrain.Balancing;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What a job knows of one worker node from its start to its end, over all its workers.</summary>
internal sealed class WorkerRecord(WorkerHost host)
{
    private readonly ThroughputEstimate _estimate = new();

    public WorkerHost Host => host;

    public string Node => host.Node;

    /// <summary>Whether it takes part now.</summary>
    public bool Active { get; set; }

    /// <summary>Why it takes no part; null while it does.</summary>
    public string? Absence { get; set; }

    /// <summary>Whether its node does not answer at the moment; it may begin a new life.</summary>
    public bool Doubted { get; set; }

    /// <summary>The node's worker in its present life.</summary>
    public IActorRef Worker { get; private set; } = ActorRefs.Nobody;

    /// <summary>Who asked for the latest lease.</summary>
    public IActorRef Trainer { get; set; } = ActorRefs.Nobody;

    public WorkerId Id { get; private set; } = new(host.Node, 0, host.Restarts);

    public DeviceDescription? Device { get; private set; }

    /// <summary>Samples that its memory holds at once; remembered over its lives.</summary>
    public int MostSamples { get; set; } = int.MaxValue;

    /// <summary>Leases finished, counted from what the slowest had when it joined.</summary>
    public long Leases { get; set; }

    /// <summary>Gradients finished, counted from what the slowest had when it joined.</summary>
    public long Clock { get; set; }

    /// <summary>When the last lease ended.</summary>
    public TimeSpan FinishedAt { get; private set; }

    /// <summary>Whether it has asked for a lease in its present life.</summary>
    public bool HasAsked { get; set; }

    /// <summary>Samples a second as of late.</summary>
    public double Throughput => _estimate.SamplesPerSecond;

    /// <summary>Samples a second over all its finished leases; its own measurement before the first.</summary>
    public double MeanThroughput => LeaseSeconds > 0 ? LeaseSamples / LeaseSeconds : Throughput;

    private long LeaseSamples { get; set; }

    private double LeaseSeconds { get; set; }

    public WorkerMemory? ToMemory() =>
        Device is { } device
            ? new WorkerMemory(
                host.Node,
                host.Restarts,
                host.Actor,
                device,
                MostSamples,
                LeaseSamples,
                LeaseSeconds,
                Absence
            )
            : null;

    public static WorkerRecord Of(WorkerMemory memory) =>
        new(new WorkerHost(memory.Node, memory.Restarts, memory.Host))
        {
            Device = memory.Device,
            MostSamples = memory.MostSamples,
            LeaseSamples = memory.LeaseSamples,
            LeaseSeconds = memory.LeaseSeconds,
            Absence = memory.Absence ?? "it has not come back since the coordinator was lost",
        };

    public void Begin(long incarnation, IActorRef worker, DeviceDescription device, double measured)
    {
        Id = Id with { Incarnation = incarnation };
        (Worker, Device, Active, Doubted, HasAsked, Absence) = (worker, device, true, false, false, null);
        _estimate.Begin(measured);
    }

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
