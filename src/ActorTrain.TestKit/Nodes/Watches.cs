using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace ActorTrain.TestKit.Nodes;

/// <summary>Which actors of other nodes watch actors of a node: they are to hear of it when the node is lost.</summary>
internal sealed class Watches
{
    private readonly Dictionary<(IInternalActorRef Watchee, IInternalActorRef Watcher), SimulatedNode> _watches = [];

    /// <summary>Takes in a system message that comes from another node.</summary>
    public void Note(SystemMessage message, SimulatedNode from)
    {
        switch (message)
        {
            case Watch watch:
                _watches[(watch.Watchee, watch.Watcher)] = from;
                break;
            case Unwatch unwatch:
                _watches.Remove((unwatch.Watchee, unwatch.Watcher));
                break;
        }
    }

    /// <summary>Tells all that watch that the node is lost.</summary>
    public void TellLost() => TellLost(_ => true);

    /// <summary>Tells some that watch that the node is lost.</summary>
    /// <param name="whose">On which nodes they are.</param>
    public void TellLost(Predicate<SimulatedNode> whose)
    {
        foreach (var ((watchee, watcher), node) in _watches.Where(watch => whose(watch.Value)).ToList())
        {
            if (!node.IsDead)
                watcher.SendSystemMessage(
                    new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated: true)
                );
            _watches.Remove((watchee, watcher));
        }
    }
}
