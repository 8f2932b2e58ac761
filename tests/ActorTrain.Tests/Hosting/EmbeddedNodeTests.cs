using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Serialization;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using static ActorTrain.Tests.Hosting.ExistingSystem;

namespace ActorTrain.Tests.Hosting;

/// <summary>ActorTrain inside actor systems that are there for something else.</summary>
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
    public void The_system_keeps_all_its_settings()
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

        Start(First, Engines.Linear(), [.. NodeRoles.All]);

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
    public async Task Two_systems_of_a_cluster_train_a_job_and_go_on_with_their_own_work()
    {
        Start(First, null, NodeRoles.Coordinator, NodeRoles.Server);
        Start(Second, Engines.Linear(withState: true), NodeRoles.Coordinator, NodeRoles.Worker);
        First.ActorOf(Props.Create(() => new Shop()), "shop");

        var run = await TrainingClient.Of(Second).SubmitAsync(Jobs.Of(epochs: 3));
        var result = await run.Completion.WaitAsync(Patience);

        result.Report.SamplesApplied.ShouldBe(3 * 640);
        result.Report.Epochs.ShouldAllBe(epoch => epoch.Samples == 640 && epoch.TestAccuracy != null);
        (await AskTheShop()).Number.ShouldBe(2);
    }

    [Fact]
    public async Task A_run_ends_and_its_cluster_is_free_when_the_node_that_its_tensors_travel_through_is_stopped()
    {
        Start(First, Engines.Linear(64_000), NodeRoles.Coordinator, NodeRoles.Server, NodeRoles.Worker);
        var node = Start(Second, Engines.Linear(64_000), NodeRoles.Worker);
        var run = await TrainingClient.Of(Second).SubmitAsync(Jobs.Of(epochs: 1000, batch: 8));
        await using var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > 0);

        await node.StopAsync().WaitAsync(Patience);

        (await Should.ThrowAsync<ActorTrainException>(run.Completion.WaitAsync(Patience))).Message.ShouldContain(
            "was stopped"
        );
        (await (await SubmitWhenFreeAsync()).Completion.WaitAsync(Patience)).Report.Epochs.Count.ShouldBe(1);

        async Task<TrainingRun> SubmitWhenFreeAsync()
        {
            while (true)
            {
                try
                {
                    return await TrainingClient.Of(First).SubmitAsync(Jobs.Of(epochs: 1)).WaitAsync(Patience);
                }
                catch (ActorTrainException busy) when (busy.Message.Contains("is at work on job")) { }
            }
        }
    }

    [Fact]
    public void No_two_jobs_of_a_system_have_the_same_id_whichever_coordinator_they_had()
    {
        var options = new CoordinatorOptions(Patience, Patience, Patience, Patience);
        var (one, other) = (CoordinatorContext.Of(First, options), CoordinatorContext.Of(First, options));
        string[] ids = [one.NewJobId(), one.NewJobId(), other.NewJobId(), other.NewJobId()];
        ids.ShouldBeUnique();
    }

    [Fact]
    public async Task Stopping_leaves_the_system_and_the_cluster_as_they_were_and_a_node_can_start_again()
    {
        Start(First, null, NodeRoles.Coordinator, NodeRoles.Server);
        var worker = Start(Second, Engines.Linear(64_000), NodeRoles.Worker);
        First.ActorOf(Props.Create(() => new Shop()), "shop");
        var run = await TrainingClient.Of(First).SubmitAsync(Jobs.Of(epochs: 1000, batch: 8));
        await using var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > 0);

        await worker.StopAsync().WaitAsync(Patience);

        await InProcessCluster.Until(news, progress => progress.Events.Any(happened => happened.Kind == "worker-left"));
        Second.WhenTerminated.IsCompleted.ShouldBeFalse();
        Akka.Cluster.Cluster.Get(Second)
            .State.Members.ShouldAllBe(member => member.Status == Akka.Cluster.MemberStatus.Up);
        Akka.Cluster.Cluster.Get(Second).State.Members.Count.ShouldBe(2);
        (await AskTheShop()).Number.ShouldBe(2);
        foreach (var name in new[] { "actortrain", "actortrain-lane", "actortrain-coordinator-proxy" })
            (
                await Second.ActorSelection($"/user/{name}").Ask<ActorIdentity>(new Identify(name), Patience)
            ).Subject.ShouldBeNull();
        ActorTrainExtension.Get(Second).Node.ShouldBeNull();

        Start(Second, Engines.Linear(64_000), NodeRoles.Worker);
        await InProcessCluster.Until(
            news,
            progress => progress.Events.Count(happened => happened.Kind == "worker-joined") == 2
        );
        run.Stop();
        (await run.Completion.WaitAsync(Patience)).Stopped.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_that_has_stopped_is_forgotten_by_the_coordinator()
    {
        Start(First, null, NodeRoles.Coordinator, NodeRoles.Server);
        var worker = Start(Second, Engines.Linear(), NodeRoles.Worker);
        var client = TrainingClient.Of(First);
        await Nodes(client, 2);

        await worker.StopAsync().WaitAsync(Patience);

        await Nodes(client, 1);
    }

    [Fact]
    public void A_system_whose_cluster_role_does_not_fit_says_which_one_would()
    {
        using var other = Create("actortrain.coordinator.cluster-role = training");

        var wrong = Should.Throw<ActorTrainException>(() => Start(other, null, NodeRoles.Coordinator));

        wrong.Message.ShouldBe(
            "A node that may hold the coordinator needs the cluster role 'training', and this system has shop; add "
                + "it to akka.cluster.roles, or name one that it has in "
                + "actortrain.coordinator.cluster-role, on every node."
        );
    }

    [Fact]
    public void A_system_without_a_cluster_says_how_to_get_one()
    {
        using var alone = ActorSystem.Create("alone");

        var wrong = Should.Throw<ActorTrainException>(() => Start(alone, null, NodeRoles.Server));

        wrong.Message.ShouldStartWith(
            "ActorTrain needs an actor system that is a member of a cluster: akka.actor.provider of 'alone' is "
        );
        wrong.Message.ShouldEndWith("set it to cluster (with Akka.Hosting: WithRemoting and WithClustering).");
    }

    [Fact]
    public void A_misspelt_setting_of_ours_is_named_and_settings_of_others_are_theirs()
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
        while ((await client.StatusAsync(patience.Token)).Nodes.Count != count)
            patience.Token.ThrowIfCancellationRequested();
    }

    private Task<Order> AskTheShop() =>
        Second
            .ActorSelection(new RootActorPath(Akka.Cluster.Cluster.Get(First).SelfAddress) / "user" / "shop")
            .Ask<Order>(new Order(1), Patience);
}
