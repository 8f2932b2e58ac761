using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>
/// Abandons a gradient whose step has enough of others'. The training loop shares its thread with the engine and hears nothing meanwhile, so this actor listens for it on another.
/// </summary>
internal sealed class StepWatchActor : ReceiveActor
{
    private readonly ShardPlace[] _shards;
    private readonly WorkerId _worker;
    private readonly HashSet<int> _open = [];
    private Watch? _watched;

    /// <summary>Trainer → step watch: a gradient is about to be computed from these versions.</summary>
    public sealed record Watch(IReadOnlyList<long> Versions, CancellationTokenSource Abandon);

    public static Props Props(ShardPlace[] shards, WorkerId worker) => Akka.Actor.Props.Create(() => new StepWatchActor(shards, worker));

    public StepWatchActor(ShardPlace[] shards, WorkerId worker)
    {
        (_shards, _worker) = (shards, worker);
        Receive<Watch>(watch =>
        {
            _watched = watch;
            foreach (var (slice, shard) in _shards)
            {
                _open.Add(slice.Index);
                shard.Tell(new ShardProtocol.WatchStep(_worker, watch.Versions[slice.Index]));
            }
        });
        Receive<ShardProtocol.StepClosed>(closed =>
        {
            // As long as one shard takes the gradient, it is of use.
            if (_watched is { } watched && watched.Versions[closed.Shard] == closed.Version && _open.Remove(closed.Shard) && _open.Count == 0) watched.Abandon.Cancel();
        });
    }
}
