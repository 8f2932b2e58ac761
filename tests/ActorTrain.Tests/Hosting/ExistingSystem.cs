using ActorTrain.Engines;
using ActorTrain.Hosting;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.Tests.Hosting;

/// <summary>An application's actor systems, in a cluster with its own roles, serializer and dispatcher.</summary>
internal static class ExistingSystem
{
    public const string Own = """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          actor {
            provider = cluster
            default-dispatcher.throughput = 17
            serializers.shop = "ActorTrain.Tests.Hosting.ExistingSystem+OrderSerializer, ActorTrain.Tests"
            serialization-bindings { "ActorTrain.Tests.Hosting.ExistingSystem+Order, ActorTrain.Tests" = shop }
          }
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          cluster.roles = [shop]
          coordinated-shutdown { run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off }
        }
        actortrain.coordinator { progress-interval = 100ms, cluster-role = shop }
        """;

    public static ActorSystem Create(string configuration = "") =>
        ActorSystem.Create(
            "shop",
            ConfigurationFactory.ParseString(configuration).WithFallback(ConfigurationFactory.ParseString(Own))
        );

    /// <summary>The systems of one cluster, each a member of it.</summary>
    public static async Task<ActorSystem[]> ClusterAsync(int systems)
    {
        var all = Enumerable.Range(0, systems).Select(_ => Create()).ToArray();
        foreach (var system in all)
            await Akka
                .Cluster.Cluster.Get(system)
                .JoinAsync(Akka.Cluster.Cluster.Get(all[0]).SelfAddress)
                .WaitAsync(Patience);
        return all;
    }

    public static ActorTrainNode Start(ActorSystem system, IEngineFactory? engines, params string[] roles) =>
        ActorTrainExtension.Get(system).StartNode(new NodeOptions { Roles = roles, Engines = engines });

    public sealed record Order(int Number);

    public sealed class OrderSerializer(ExtendedActorSystem system) : Akka.Serialization.Serializer(system)
    {
        public override int Identifier => 900;

        public override bool IncludeManifest => false;

        public override byte[] ToBinary(object obj) => BitConverter.GetBytes(((Order)obj).Number);

        public override object FromBinary(byte[] bytes, Type type) => new Order(BitConverter.ToInt32(bytes));
    }

    public sealed class Shop : ReceiveActor
    {
        public Shop() => Receive<Order>(order => Sender.Tell(order with { Number = order.Number + 1 }));
    }
}
