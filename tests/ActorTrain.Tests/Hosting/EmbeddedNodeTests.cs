using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using static ActorTrain.Tests.Hosting.ExistingSystem;

namespace ActorTrain.Tests.Hosting;

/// <summary>ActorTrain inside existing actor systems with other work.</summary>
public sealed class EmbeddedNodeTests : IAsyncLifetime
{
    private ActorSystem[] _systems = [];

    private ActorSystem First => _systems[0];

    private ActorSystem Second => _systems[1];

    public async Task InitializeAsync() => _systems = await ClusterAsync(2);

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate().WaitAsync(Patience);
    }

    [Fact]
    public void The_actor_system_keeps_all_its_settings()
    {
        string[] settings =
        [
            "akka.actor.default-dispatcher.throughput",
            "akka.loglevel",
            "akka.cluster.downing-provider-class",
            "akka.cluster.failure-detector.acceptable-heartbeat-pause",
            "akka.scheduler.tick-duration",
            "akka.remote.dot-netty.tcp.maximum-frame-size",
            "akka.coordinated-shutdown.run-by-clr-shutdown-hook",
        ];
        var before = settings.Select(setting => First.Settings.Config.GetString(setting)).ToList();
        var dispatcher = First.Dispatchers.DefaultGlobalDispatcher;

        Start(First, ToyEngines.Linear(), [.. NodeRoles.All]);

        settings.Select(setting => First.Settings.Config.GetString(setting)).ShouldBe(before);
        First.Dispatchers.DefaultGlobalDispatcher.ShouldBeSameAs(dispatcher);
        Akka.Cluster.Cluster.Get(First).SelfRoles.ShouldBe(["shop"]);
        First.Serialization.FindSerializerForType(typeof(Order)).ShouldBeOfType<OrderSerializer>();
        First
            .Serialization.FindSerializerForType(typeof(object))
            .GetType()
            .ShouldBe(Second.Serialization.FindSerializerForType(typeof(object)).GetType());
        First.Serialization.FindSerializerForType(typeof(ClientProtocol.Hello)).ShouldBeOfType<ProtocolSerializer>();
    }

    [Fact]
    public async Task Two_systems_of_a_cluster_train_a_job_and_continue_their_own_work()
    {
        Start(First, null, NodeRoles.Coordinator, NodeRoles.Server);
        Start(Second, ToyEngines.Linear(withState: true), NodeRoles.Coordinator, NodeRoles.Worker);
        First.ActorOf(Props.Create(() => new Shop()), "shop");

        var run = await TrainingClient.From(Second).SubmitAsync(Jobs.Create(epochs: 3));
        var result = await run.Completion.WaitAsync(Patience);

        result.Report.SamplesApplied.ShouldBe(3 * 640);
        result.Report.Epochs.ShouldAllBe(epoch => epoch.Samples == 640 && epoch.TestAccuracy != null);
        (await AskShop()).Number.ShouldBe(2);
    }

    [Fact]
    public async Task A_run_ends_when_the_clients_node_is_stopped_and_its_job_goes_on_in_the_cluster()
    {
        Start(First, ToyEngines.Linear(64_000), NodeRoles.Coordinator, NodeRoles.Server, NodeRoles.Worker);
        var node = Start(Second, ToyEngines.Linear(64_000), NodeRoles.Worker);
        var run = await TrainingClient.From(Second).SubmitAsync(Jobs.Create(epochs: 1000, batch: 8));
        await using var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > 0);

        await node.StopAsync().WaitAsync(Patience);

        (await Should.ThrowAsync<ActorTrainException>(run.Completion.WaitAsync(Patience))).Message.ShouldContain(
            "was stopped"
        );
        var attached = await TrainingClient.From(First).AttachAsync(run.JobId).WaitAsync(Patience);
        (await attached.CancelAsync().WaitAsync(Patience)).IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public void Jobs_of_two_coordinators_in_one_system_have_different_ids()
    {
        var options = new CoordinatorOptions(Patience, Patience, Patience, Patience, StandbyShare: 0);
        var (one, other) = (
            CoordinatorContext.Create(First, options, Algorithms.BuiltIn),
            CoordinatorContext.Create(First, options, Algorithms.BuiltIn)
        );
        string[] ids = [one.NewJobId(), one.NewJobId(), other.NewJobId(), other.NewJobId()];
        ids.ShouldBeUnique();
    }

    [Fact]
    public async Task Stopping_a_node_does_not_change_its_system_and_cluster_and_a_node_can_start_again()
    {
        Start(First, null, NodeRoles.Coordinator, NodeRoles.Server);
        var worker = Start(Second, ToyEngines.Linear(64_000), NodeRoles.Worker);
        First.ActorOf(Props.Create(() => new Shop()), "shop");
        var run = await TrainingClient.From(First).SubmitAsync(Jobs.Create(epochs: 1000, batch: 8));
        await using var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > 0);

        await worker.StopAsync().WaitAsync(Patience);

        await InProcessCluster.Until(news, progress => progress.Events.Any(raised => raised.Kind == "worker-left"));
        Second.WhenTerminated.IsCompleted.ShouldBeFalse();
        Akka.Cluster.Cluster.Get(Second)
            .State.Members.ShouldAllBe(member => member.Status == Akka.Cluster.MemberStatus.Up);
        Akka.Cluster.Cluster.Get(Second).State.Members.Count.ShouldBe(2);
        (await AskShop()).Number.ShouldBe(2);
        foreach (var name in new[] { "actortrain", "actortrain-lane", "actortrain-coordinator-proxy" })
            (
                await Second.ActorSelection($"/user/{name}").Ask<ActorIdentity>(new Identify(name), Patience)
            ).Subject.ShouldBeNull();
        ActorTrainExtension.Get(Second).Node.ShouldBeNull();

        Start(Second, ToyEngines.Linear(64_000), NodeRoles.Worker);
        await InProcessCluster.Until(
            news,
            progress => progress.Events.Count(raised => raised.Kind == "worker-joined") == 2
        );
        run.Cancel();
        (await run.Completion.WaitAsync(Patience)).IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public async Task The_coordinator_forgets_a_stopped_node()
    {
        Start(First, null, NodeRoles.Coordinator, NodeRoles.Server);
        var worker = Start(Second, ToyEngines.Linear(), NodeRoles.Worker);
        var client = TrainingClient.From(First);
        await Nodes(client, 2);

        await worker.StopAsync().WaitAsync(Patience);

        await Nodes(client, 1);
    }

    [Fact]
    public void A_system_without_the_coordinators_cluster_role_is_refused_with_the_role_that_it_needs()
    {
        using var other = Create("actortrain.coordinator.cluster-role = training");

        var wrong = Should.Throw<ActorTrainException>(() => Start(other, null, NodeRoles.Coordinator));

        wrong.Message.ShouldBe(
            "A node that may hold the coordinator needs the cluster role 'training', and this system has shop; add "
                + "it to akka.cluster.roles, or name one that it has by CoordinatorRole "
                + "or in actortrain.coordinator.cluster-role, on every node."
        );
    }

    [Fact]
    public void A_system_without_a_cluster_is_refused_with_the_setting_that_it_needs()
    {
        using var alone = ActorSystem.Create("alone");

        var wrong = Should.Throw<ActorTrainException>(() => Start(alone, null, NodeRoles.Server));

        wrong.Message.ShouldStartWith(
            "ActorTrain needs an actor system that is a member of a cluster: akka.actor.provider of 'alone' is "
        );
        wrong.Message.ShouldEndWith("set it to cluster (with Akka.Hosting: WithRemoting and WithClustering).");
    }

    [Fact]
    public void A_misspelt_ActorTrain_setting_is_refused_and_other_unknown_settings_are_not()
    {
        using var other = Create("actortrain.coordinator.progres-interval = 1s, shop.opens = 8");

        Should
            .Throw<ActorTrainException>(() => Start(other, null, NodeRoles.Server))
            .Message.ShouldContain("actortrain.coordinator.progres-interval");
    }

    [Fact]
    public void A_second_node_in_a_system_is_refused()
    {
        Start(First, null, NodeRoles.Server);

        Should
            .Throw<ActorTrainException>(() => Start(First, null, NodeRoles.Server))
            .Message.ShouldBe("The actor system 'shop' has an ActorTrain node already; stop that one first.");
    }

    private static async Task Nodes(TrainingClient client, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while ((await client.GetStatusAsync(patience.Token)).Nodes.Count != count)
            patience.Token.ThrowIfCancellationRequested();
    }

    private Task<Order> AskShop() =>
        Second
            .ActorSelection(new RootActorPath(Akka.Cluster.Cluster.Get(First).SelfAddress) / "user" / "shop")
            .Ask<Order>(new Order(1), Patience);
}
