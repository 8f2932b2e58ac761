using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace ActorTrain.TestKit.Nodes;

/// <summary>Actors of other nodes that watch actors of a node, to be notified when the node is lost.</summary>
internal sealed class Watches
{
    private readonly Dictionary<(IInternalActorRef Watchee, IInternalActorRef Watcher), SimulatedNode> _watches = [];

    /// <summary>Records a system message from another node.</summary>
    public void Record(SystemMessage message, SimulatedNode from)
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

    /// <summary>Notifies all watchers that the node is lost.</summary>
    public void NotifyLost() => NotifyLost(_ => true);

    /// <summary>Notifies the watchers on some nodes that the node is lost.</summary>
    /// <param name="isOn">Whether watchers on a node are notified.</param>
    public void NotifyLost(Predicate<SimulatedNode> isOn)
    {
        foreach (var ((watchee, watcher), node) in _watches.Where(watch => isOn(watch.Value)).ToList())
        {
            if (!node.IsDead)
                watcher.SendSystemMessage(
                    new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated: true)
                );
            _watches.Remove((watchee, watcher));
        }
    }
}
