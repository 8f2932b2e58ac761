using System.Collections.Concurrent;
using System.Runtime.Serialization;
using ActorTrain.Hosting;
using ActorTrain.Serialization;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace ActorTrain.Tests.Serialization;

/// <summary>Messages of a foreign program that knows a node's address and uses plain Akka.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _warnings = [];
    private readonly int _builtBefore = Canary.Built;
    private ActorTrainNode _node = null!;
    private ActorSystem _stranger = null!;
    private IActorRef _log = null!;

    public async Task InitializeAsync()
    {
        _node = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = NodeRoles.All, Engines = new ToyEngines(() => new LinearEngine()) }
        );
        _log = _node.System.ActorOf(Props.Create(() => new Log(_warnings)));
        await _log.Ask<ActorIdentity>(new Identify(null));
        _stranger = ActorSystem.Create(
            "stranger",
            ConfigurationFactory.ParseString(
                """
                akka {
                  actor.provider = remote
                  # For what a test takes from a system that is a member.
                  actor.serialization-identifiers {
                    "Akka.Cluster.Serialization.ClusterMessageSerializer, Akka.Cluster" = 5
                  }
                  stdout-loglevel = OFF
                  loglevel = OFF
                  remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
                }
                """
            )
        );
    }

    public async Task DisposeAsync()
    {
        await _stranger.Terminate();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task An_object_in_JSON_is_not_created()
    {
        Root.Tell(new Canary());
        Select("/user/actortrain").Tell(new Canary());
        await ShouldHaveRefused("an object of any type, as JSON", built: 2);
    }

    [Fact]
    public async Task An_exception_is_not_created()
    {
        Root.Tell(new Status.Failure(new CanaryException()));
        await ShouldHaveRefused("a message of Akka.Remote (STF)");
    }

    [Fact]
    public async Task An_actor_is_not_deployed()
    {
        _stranger.ActorOf(Props.Create<Deployed>().WithDeploy(new Deploy(new RemoteScope(Address))));
        await ShouldHaveRefused("the deployment of an actor");
    }

    [Theory, InlineData("PP"), InlineData("K")]
    public async Task Neither_PoisonPill_nor_Kill_stops_an_actor(string message)
    {
        object end = message == "K" ? Kill.Instance : PoisonPill.Instance;
        Root.Tell(end);
        Select("/user/actortrain").Tell(end);
        await ShouldHaveRefused($"a message of Akka.Remote ({message})");
        // It still answers.
        var client = await TrainingClient.ConnectAsync(_node.Address, Patience);
        await using var _ = client;
        var run = await client.SubmitAsync(Jobs.Create(epochs: 1));
        (await run.Completion.WaitAsync(Patience)).IsCanceled.ShouldBeFalse();
    }

    [Theory, InlineData("/user/*"), InlineData("/user/actortrain/worker"), InlineData("/user/actortrain/../*")]
    public async Task A_selection_reaches_only_the_trusted_paths(string path)
    {
        Select(path).Tell(new Identify("id"));
        await ShouldHaveRefused("a message to a selection of actors");
    }

    [Fact]
    public async Task A_member_cannot_be_downed_by_a_message()
    {
        var type = Type.GetType("Akka.Cluster.ClusterUserAction+Down, Akka.Cluster", throwOnError: true)!;
        // Its serializer is only in systems that are members of a cluster.
        var cluster = new Akka.Cluster.Serialization.ClusterMessageSerializer((ExtendedActorSystem)_stranger);
        _stranger.Serialization.AddSerializer("akka-cluster", cluster);
        _stranger.Serialization.AddSerializationMap(type, cluster);
        Select("/system/cluster/core/daemon").Tell(Activator.CreateInstance(type, Address)!);
        await ShouldHaveRefused("a message of the cluster");
    }

    private Address Address => Akka.Cluster.Cluster.Get(_node.System).SelfAddress;

    private IActorRef Root =>
        ((ExtendedActorSystem)_stranger).Provider.ResolveActorRef(new RootActorPath(Address) / "user" / "actortrain");

    private ActorSelection Select(string path) => _stranger.ActorSelection($"{Address}{path}");

    private async Task ShouldHaveRefused(string what, int built = 0)
    {
        // The messages of one connection are handled in order.
        await Select("/user/actortrain").Ask<ActorIdentity>(new Identify(null), Patience);
        await _log.Ask<ActorIdentity>(new Identify(null));
        var line = $"Refused a message from another program: {what}";
        _warnings
            .Count(warning => warning.StartsWith(line, StringComparison.Ordinal))
            .ShouldBe(1, string.Join('\n', _warnings));
        Canary.Built.ShouldBe(_builtBefore + built);
        _node.Terminated.IsCompleted.ShouldBeFalse();
    }

    /// <summary>Counts how often it was created.</summary>
    public sealed class Canary
    {
        private static int _built;

        public Canary() => Count();

        public static int Built => Volatile.Read(ref _built);

        public static void Count() => Interlocked.Increment(ref _built);
    }

    public sealed class CanaryException : Exception
    {
        public CanaryException() { }

#pragma warning disable SYSLIB0051 // Akka creates exceptions by this constructor.
        private CanaryException(SerializationInfo info, StreamingContext context)
            : base(info, context) => Canary.Count();
#pragma warning restore SYSLIB0051
    }

    public sealed class Deployed : ReceiveActor
    {
        public Deployed() => Canary.Count();
    }

    private sealed class Log : ReceiveActor
    {
        public Log(ConcurrentQueue<string> warnings)
        {
            Context.System.EventStream.Subscribe(Self, typeof(Warning));
            Receive<Warning>(
                warning => warning.LogClass == typeof(GuardedSerializer),
                warning => warnings.Enqueue($"{warning.Message}")
            );
            ReceiveAny(_ => { });
        }
    }
}
