using ActorTrain.Hosting;
using ActorTrain.Supervision;

namespace ActorTrain.Tests.Hosting;

public sealed class NodeSituationTests
{
    private static readonly NodeSituation Outside = new() { Seed = new HostPort("10.0.0.1", 4053) };
    private static readonly NodeSituation Member = new() { Place = ClusterPlace.Member };

    [Fact]
    public void A_node_without_an_answer_waits_for_its_seed() =>
        Outside.Wait!.ToString().ShouldBe("waiting for the seed 10.0.0.1:4053: it has not let this node in yet");

    [Theory]
    [InlineData(nameof(PortAnswer.Refuses), "", "nothing listens there (connection refused)")]
    [InlineData(nameof(PortAnswer.Silent), "", "it does not answer")]
    [InlineData(nameof(PortAnswer.OutOfReach), "No route to host", "it cannot be reached (No route to host)")]
    [InlineData(
        nameof(PortAnswer.Listens),
        "",
        "it listens, and has not let this node in: it may not reach this node at its --host, be in no cluster itself, "
            + "or be no ActorTrain seed"
    )]
    public void Each_answer_of_the_seeds_machine_has_its_own_wait(string answer, string detail, string sentence) =>
        (Outside with { SeedAnswer = new PortProbe(Enum.Parse<PortAnswer>(answer), detail) })
            .Wait!.ToString()
            .ShouldBe($"waiting for the seed 10.0.0.1:4053: {sentence}");

    [Fact]
    public void A_seed_that_closed_the_connection_is_reported_as_refusing_the_node() =>
        (Outside with { SeedAnswer = new PortProbe(PortAnswer.Listens), SeedRefusal = "it speaks TLS" })
            .Wait!.ToString()
            .ShouldBe("waiting for the seed 10.0.0.1:4053: it refuses this node: it speaks TLS");

    [Fact]
    public void A_failed_connection_is_not_reported_where_the_port_is_closed() =>
        (Outside with { SeedAnswer = new PortProbe(PortAnswer.Refuses), SeedRefusal = "association failed" })
            .Wait!.ToString()
            .ShouldBe("waiting for the seed 10.0.0.1:4053: nothing listens there (connection refused)");

    [Fact]
    public void A_node_without_a_seed_waits_for_its_actor_system() =>
        new NodeSituation().Wait!.ToString().ShouldBe("waiting for a cluster: the actor system has not joined one");

    [Fact]
    public void A_cluster_admits_no_node_while_a_member_is_unreachable()
    {
        var joining = new NodeSituation { Place = ClusterPlace.Joining };
        joining.Wait!.ToString().ShouldBe("waiting for the cluster to let this node in");
        (joining with { Unreachable = ["10.0.0.2:5000"] })
            .Wait!.ToString()
            .ShouldBe(
                "waiting for the cluster to let this node in: it admits no node while 10.0.0.2:5000 does not answer"
            );
        (joining with { Unreachable = ["a:1", "b:2"] })
            .Wait!.ToString()
            .ShouldBe("waiting for the cluster to let this node in: it admits no node while a:1, b:2 do not answer");
    }

    [Fact]
    public void A_member_waits_for_a_coordinator_its_answer_and_a_job_in_this_order()
    {
        Member.Wait!.ToString().ShouldBe("waiting for a coordinator: the cluster has none");
        var coordinated = Member with { HasCoordinator = true };
        coordinated.Wait!.ToString().ShouldBe("waiting for the coordinator: it does not answer");
        var enrolled = coordinated with { IsEnrolled = true };
        enrolled.Wait!.ToString().ShouldBe("waiting for a job");
        (enrolled with { HasJob = true }).Wait.ShouldBeNull();
    }
}
