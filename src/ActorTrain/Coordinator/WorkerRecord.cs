using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What a job knows of one worker node, over all its lives.</summary>
internal sealed class WorkerRecord(string node)
{
    public string Node => node;

    /// <summary>Whether it takes part now.</summary>
    public bool Active { get; set; }

    /// <summary>The node's worker in its present life.</summary>
    public IActorRef Worker { get; private set; } = ActorRefs.Nobody;

    /// <summary>Who asked for the latest lease.</summary>
    public IActorRef Trainer { get; set; } = ActorRefs.Nobody;

    public WorkerId Id { get; private set; } = new(node, 0);

    public DeviceDescription? Device { get; private set; }

    /// <summary>Samples of its finished leases, all its lives together.</summary>
    public long LeaseSamples { get; private set; }

    private double LeaseSeconds { get; set; }

    /// <summary>Samples a second while it held leases.</summary>
    public double Throughput => LeaseSeconds > 0 ? LeaseSamples / LeaseSeconds : 0;

    public void Begin(WorkerId id, IActorRef worker, DeviceDescription device) =>
        (Id, Worker, Device, Active) = (id, worker, device, true);

    public void LeaseEnded(long samples, double seconds)
    {
        LeaseSamples += samples;
        LeaseSeconds += seconds;
    }
}
