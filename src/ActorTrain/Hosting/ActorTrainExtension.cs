using ActorTrain.Protocol;
using ActorTrain.Serialization;
using ActorTrain.Settings;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>
/// ActorTrain in an existing actor system. Adds reference.conf as a fallback and a serializer for its own messages;
/// changes no other setting.
/// </summary>
public sealed class ActorTrainExtension : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly Lock _lock = new();

    private ActorTrainExtension(ExtendedActorSystem system)
    {
        _system = system;
        var configured = system.Settings.Config.HasPath("akka.actor.serializers.actortrain");
        system.Settings.InjectTopLevelFallback(ReferenceConfiguration.Config);
        if (configured)
            return;
        // The system has read its serialization bindings already, at its start.
        var serializer = new ProtocolSerializer(system);
        system.Serialization.AddSerializer("actortrain", serializer);
        system.Serialization.AddSerializationMap(typeof(IWireMessage), serializer);
    }

    /// <summary>The node that runs in this system; null before the first, and after it has stopped.</summary>
    public ActorTrainNode? Node { get; private set; }

    /// <summary>The extension of an actor system.</summary>
    /// <exception cref="ActorTrainException">The system is no member of a cluster.</exception>
    public static ActorTrainExtension Get(ActorSystem system)
    {
        var extended = (ExtendedActorSystem)system;
        return extended.Settings.HasCluster
            ? system.WithExtension<ActorTrainExtension, Provider>()
            : throw new ActorTrainException(
                $"ActorTrain needs an actor system that is a member of a cluster: akka.actor.provider of "
                    + $"'{system.Name}' is {extended.Settings.ProviderClass}; "
                    + "set it to cluster (with Akka.Hosting: WithRemoting and WithClustering)."
            );
    }

    /// <summary>
    /// Starts a node in this system, whose settings are those below <c>actortrain</c> in the system's configuration.
    /// The node enrols as soon as the system is in a cluster with a coordinator.
    /// </summary>
    /// <exception cref="ActorTrainException">A node runs here already, or an option or a setting is
    /// invalid.</exception>
    public ActorTrainNode StartNode(NodeOptions options)
    {
        if (options is StandaloneNodeOptions)
            throw new ActorTrainException(
                "A node in an existing actor system takes NodeOptions: address and cluster are the system's own."
            );
        KnownKeys.Reference.CheckSystem(_system.Settings.Config);
        var hosted = HostedNode.Options.From(_system.Settings.Config, options);
        lock (_lock)
        {
            if (Node is not null)
                throw new ActorTrainException(
                    $"The actor system '{_system.Name}' has an ActorTrain node already; stop that one first."
                );
            return Node = new EmbeddedNode(_system, hosted, () => Node = null);
        }
    }

    private sealed class Provider : ExtensionIdProvider<ActorTrainExtension>
    {
        public override ActorTrainExtension CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
