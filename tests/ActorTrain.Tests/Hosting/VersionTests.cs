using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.Tests.Hosting;

/// <summary>Nodes and clients of another version exchange only Hello and Welcome, and report the difference.</summary>
public sealed class VersionTests() : ActorTests(NodeConfiguration.Client("127.0.0.1", Config.Empty))
{
    private const string Other = "9.9.9 (protocol 00000000)";

    [Fact]
    public async Task A_node_enrols_with_a_coordinator_of_the_same_version()
    {
        var (node, coordinator) = await NodeAsync();
        node.Tell(new ClientProtocol.Welcome(coordinator.Ref, BuildVersion.Here));
        await coordinator.ExpectMsgAsync<NodeProtocol.Enrol>();
    }

    [Fact]
    public async Task A_node_does_not_enrol_with_another_version_and_reports_both_versions()
    {
        var (node, coordinator) = await NodeAsync();
        node.Tell(new ClientProtocol.Welcome(coordinator.Ref, Other));
        node.Tell(new NodeActor.GetEnrolmentStatus());
        var standing = await ExpectMsgAsync<NodeActor.EnrolmentStatus>();
        standing.Difference.ShouldBe(
            $"the coordinator runs ActorTrain {Other}, and this node ActorTrain {BuildVersion.Here}; run the same "
                + $"version on both"
        );
        new NodeSituation
        {
            Place = ClusterPlace.Member,
            HasCoordinator = true,
            Difference = standing.Difference,
        }
            .Wait!.ToString()
            .ShouldStartWith("waiting for a coordinator of this version: the coordinator runs ActorTrain 9.9.9");
    }

    [Fact]
    public async Task A_client_of_another_version_gets_an_error_of_one_line()
    {
        Sys.ActorOf(Props.Create(() => new Seed(Other)), HostedNode.RootName);
        var address = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        (await Should.ThrowAsync<ActorTrainException>(TrainingClient.ConnectAsync(address, Patience))).Message.ShouldBe(
            $"The cluster runs ActorTrain {Other}, and this client ActorTrain {BuildVersion.Here}; run the same "
                + $"version on both."
        );
    }

    [Fact]
    public void The_fingerprint_is_eight_digits_and_the_same_each_time() =>
        BuildVersion.Here.ShouldMatch(@"^\S+ \(protocol [0-9a-f]{8}\)$");

    private async Task<(IActorRef Node, Akka.TestKit.TestProbe Coordinator)> NodeAsync()
    {
        var coordinator = CreateTestProbe();
        var node = Sys.ActorOf(
            NodeActor.Props(
                "n:1",
                [NodeRoles.Coordinator],
                coordinator.Ref,
                TensorLane.Get(Sys, TensorMessages.Table),
                worker: null,
                Algorithms.BuiltIn
            )
        );
        (await coordinator.ExpectMsgAsync<ClientProtocol.Hello>()).Version.ShouldBe(BuildVersion.Here);
        return (node, coordinator);
    }

    private sealed class Seed : ReceiveActor
    {
        public Seed(string version) =>
            Receive<ClientProtocol.Hello>(_ => Sender.Tell(new ClientProtocol.Welcome(Self, version)));
    }
}
