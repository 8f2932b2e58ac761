using ActorTrain.Hosting;
using ActorTrain.Supervision;

namespace ActorTrain.Tests.Hosting;

public sealed class NodeSituationTests
{
    private static readonly NodeSituation Outside = new() { Seed = new HostPort("10.0.0.1", 4053) };
    private static readonly NodeSituation Member = new() { Place = ClusterPlace.Member };

    [Fact]
    public void Without_an_answer_yet_it_waits_for_its_seed() =>
        Outside.Wait.ShouldBe("waiting for the seed 10.0.0.1:4053: it has not let this node in yet");

    [Theory]
    [InlineData(nameof(PortAnswer.Refuses), "", "nothing listens there (connection refused)")]
    [InlineData(nameof(PortAnswer.Silent), "", "it does not answer")]
    [InlineData(nameof(PortAnswer.OutOfReach), "No route to host", "it cannot be reached (No route to host)")]
    [InlineData(
        nameof(PortAnswer.Listens),
        "",
        "it listens, and has not let this node in; it may be in no cluster itself, or no ActorTrain seed"
    )]
    public void A_seed_s_machine_answers_in_its_own_way(string answer, string detail, string sentence) =>
        (Outside with { Answer = new PortProbe(Enum.Parse<PortAnswer>(answer), detail) }).Wait.ShouldBe(
            $"waiting for the seed 10.0.0.1:4053: {sentence}"
        );

    [Fact]
    public void A_seed_that_closed_the_connection_refuses_this_node() =>
        (Outside with { Answer = new PortProbe(PortAnswer.Listens), Refusal = "it speaks TLS" }).Wait.ShouldBe(
            "waiting for the seed 10.0.0.1:4053: it refuses this node: it speaks TLS"
        );

    [Fact]
    public void A_connection_that_failed_says_nothing_where_nobody_listens() =>
        (Outside with { Answer = new PortProbe(PortAnswer.Refuses), Refusal = "association failed" }).Wait.ShouldBe(
            "waiting for the seed 10.0.0.1:4053: nothing listens there (connection refused)"
        );

    [Fact]
    public void Without_a_seed_of_its_own_it_waits_for_its_system() =>
        new NodeSituation().Wait.ShouldBe("waiting for a cluster: the actor system has not joined one");

    [Fact]
    public void A_cluster_takes_nobody_while_a_member_is_silent()
    {
        var joining = new NodeSituation { Place = ClusterPlace.Joining };
        joining.Wait.ShouldBe("waiting for the cluster to let this node in");
        (joining with { Silent = ["10.0.0.2:5000"] }).Wait.ShouldBe(
            "waiting for the cluster to let this node in: it takes nobody while 10.0.0.2:5000 does not answer"
        );
        (joining with { Silent = ["a:1", "b:2"] }).Wait.ShouldBe(
            "waiting for the cluster to let this node in: it takes nobody while a:1, b:2 do not answer"
        );
    }

    [Fact]
    public void A_member_waits_for_a_coordinator_then_for_its_answer_then_for_a_job_and_then_for_nothing()
    {
        Member.Wait.ShouldBe("waiting for a coordinator: the cluster has none");
        var coordinated = Member with { HasCoordinator = true };
        coordinated.Wait.ShouldBe("waiting for the coordinator: it does not answer");
        var enrolled = coordinated with { IsEnrolled = true };
        enrolled.Wait.ShouldBe("waiting for a job");
        (enrolled with { HasJob = true }).Wait.ShouldBeNull();
    }
}
