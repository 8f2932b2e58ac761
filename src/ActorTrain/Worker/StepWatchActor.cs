using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>
/// Abandons a gradient whose step was closed with gradients of other workers. The training loop shares its thread with
/// the engine and receives nothing while it computes, so this actor receives the message on another thread.
/// </summary>
internal sealed class StepWatchActor : ReceiveActor
{
    private Watch? _watched;

    /// <summary>Training loop → step watch: a gradient is about to be computed from this version.</summary>
    public sealed record Watch(long Version, CancellationTokenSource Abandon);

    /// <param name="shard">The job's shard: with backup workers there is one.</param>
    /// <param name="worker">The worker.</param>
    public static Props Props(IActorRef shard, WorkerId worker) =>
        Akka.Actor.Props.Create(() => new StepWatchActor(shard, worker));

    public StepWatchActor(IActorRef shard, WorkerId worker)
    {
        Receive<Watch>(watch =>
        {
            _watched = watch;
            shard.Tell(new ShardProtocol.WatchStep(worker, watch.Version));
        });
        Receive<ShardProtocol.StepClosed>(closed =>
        {
            if (_watched?.Version == closed.Version)
                _watched.Abandon.Cancel();
        });
    }
}
