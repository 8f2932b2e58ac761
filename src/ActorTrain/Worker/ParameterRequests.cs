using ActorTrain.Leases;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>
/// Requests the parameters for a part that the worker cannot compute yet from the shards that do not take its gradient.
/// </summary>
/// <param name="shards">The job's shards, by index.</param>
/// <param name="worker">The worker.</param>
/// <param name="sender">The actor that the shards reply to.</param>
internal sealed class ParameterRequests(ShardPlace[] shards, WorkerId worker, IActorRef sender)
{
    private AwaitedPart? _awaited;

    /// <summary>
    /// Waits for the parameters for a part; null for none. A part that is awaited is not requested again.
    /// </summary>
    public void Await(SampleRange? part, ReceivedParameters received, TimeSpan now)
    {
        if (part is null)
            _awaited = null;
        else if (_awaited?.Part != part)
            Send(_awaited = new AwaitedPart(part.Value, shards.Length), received, now);
    }

    /// <summary>Requests the parameters again that were requested last at this time or before.</summary>
    public void AskAgain(TimeSpan since, ReceivedParameters received, TimeSpan now)
    {
        if (_awaited is { } awaited && awaited.AskedAt <= since)
            Send(awaited, received, now);
    }

    /// <summary>Waits for no part any more.</summary>
    public void Cancel() => _awaited = null;

    /// <summary>Whether parameters for a part are awaited.</summary>
    public bool IsAwaited(SampleRange part) => _awaited?.Part == part;

    /// <summary>Records a shard's reply for the awaited part.</summary>
    /// <returns>Whether all shards have applied the part, so that no worker need compute it.</returns>
    public bool IsAppliedByAll(ShardProtocol.ParametersReady ready) => _awaited!.IsDone(ready.Shard, ready.IsApplied);

    private void Send(AwaitedPart awaited, ReceivedParameters received, TimeSpan now)
    {
        awaited.AskedAt = now;
        foreach (var shard in received.NotFor(awaited.Part))
            shards[shard].Shard.Tell(new ShardProtocol.AwaitParameters(worker, awaited.Part), sender);
    }
}
