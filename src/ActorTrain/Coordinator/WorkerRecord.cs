using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Where a worker stands in a job.</summary>
internal enum WorkerStanding
{
    /// <summary>Asked to make ready.</summary>
    Preparing,

    /// <summary>Fits the job; trains as soon as the job does.</summary>
    Ready,

    /// <summary>Trains.</summary>
    Active,

    /// <summary>Takes no part: refused, failed, left or lost.</summary>
    Gone,
}

/// <summary>What the job knows of one worker node, over all its lives.</summary>
internal sealed class WorkerRecord(string node)
{
    public string Node => node;

    public WorkerStanding Standing { get; set; } = WorkerStanding.Preparing;

    /// <summary>The node's worker in its present life.</summary>
    public IActorRef Worker { get; set; } = ActorRefs.Nobody;

    public WorkerId Id { get; set; } = new(node, 0);

    public DeviceDescription? Device { get; set; }

    /// <summary>Samples of its finished leases, and the time they took: its throughput.</summary>
    public long LeaseSamples { get; private set; }

    public double LeaseSeconds { get; private set; }

    public double Throughput => LeaseSeconds > 0 ? LeaseSamples / LeaseSeconds : 0;

    public void LeaseEnded(long samples, double seconds)
    {
        LeaseSamples += samples;
        LeaseSeconds += seconds;
    }
}
