using ActorTrain.Consistency;
using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using Microsoft.Extensions.Configuration;

namespace ActorTrain.Tests.Hosting;

public sealed class NodeOptionsTests
{
    [Fact]
    public async Task A_node_with_several_models_trains_the_one_that_a_job_names()
    {
        var options = new StandaloneNodeOptions();
        options.AddModel("small", ToyEngines.Linear()).AddModel("large", ToyEngines.Linear(1280));
        await using var node = await ActorTrainNode.StartAsync(options);

        foreach (var (model, samples) in new[] { ("small", 640), ("large", 1280), ("small", 640) })
        {
            var run = await TrainingClient.From(node).SubmitAsync(Jobs.Create(epochs: 1) with { Model = model });
            (await run.Completion.WaitAsync(Patience)).Report.SamplesApplied.ShouldBe(samples, model);
        }
    }

    [Fact]
    public void A_model_that_was_not_added_goes_to_the_other_engines_and_is_refused_where_there_are_none()
    {
        var options = new NodeOptions();
        options.AddModel("small", ToyEngines.Linear());
        var job = Jobs.Create() with { Model = "tiny" };

        Should
            .Throw<ActorTrainException>(() => options.AllEngines!.Create(job))
            .Message.ShouldBe("the job trains model tiny, and this node has small");
        options.Engines = ToyEngines.Linear(1280);
        options.AllEngines!.Create(job).Dataset.TrainSamples.ShouldBe(1280);
    }

    [Theory]
    [InlineData("", "A model needs a name, by which jobs name it.")]
    [InlineData("small", "There is a model 'small' already; add this one by another name.")]
    public void A_model_is_added_once_and_by_a_name(string name, string message)
    {
        var options = new NodeOptions().AddModel("small", ToyEngines.Linear());

        Should.Throw<ActorTrainException>(() => options.AddModel(name, ToyEngines.Linear())).Message.ShouldBe(message);
    }

    [Fact]
    public async Task A_worker_without_a_model_does_not_start() =>
        (
            await Should.ThrowAsync<ActorTrainException>(
                ActorTrainNode.StartAsync(new StandaloneNodeOptions { Roles = [NodeRoles.Worker] })
            )
        ).Message.ShouldBe("A node with the role worker needs a model: AddModel, or Engines for models by any name.");

    [Fact]
    public async Task A_node_that_lacks_an_algorithm_is_named_when_a_job_asks_for_it()
    {
        var seed = new StandaloneNodeOptions { Engines = ToyEngines.Linear() };
        seed.Algorithms.AddStalenessPolicy("mine", _ => new AcceptAll());
        seed.Algorithms.AddConsistencyModel("elastic", _ => new FixedBound(3));
        await using var first = await ActorTrainNode.StartAsync(seed);
        var client = TrainingClient.From(first);
        var mine = new StalenessOptions { Policy = "mine" };
        await (await client.SubmitAsync(Jobs.Create(epochs: 1, staleness: mine))).Completion.WaitAsync(Patience);

        await using var second = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = [NodeRoles.Server, NodeRoles.Coordinator], Join = first.Address }
        );
        while ((await client.GetStatusAsync()).Nodes.Count < 2)
            await Task.Yield();

        (
            await Should.ThrowAsync<InvalidJobException>(client.SubmitAsync(Jobs.Create(epochs: 1, staleness: mine)))
        ).Message.ShouldContain($"node {second.Address} has no staleness policy 'mine'; add it on every node");
        var run = await client.SubmitAsync(Jobs.Create(epochs: 2000));
        await using var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > 0);
        (await Should.ThrowAsync<ActorTrainException>(run.SetStalenessPolicyAsync(mine))).Message.ShouldContain(
            $"node {second.Address} has no staleness policy 'mine'"
        );
        (
            await Should.ThrowAsync<ActorTrainException>(
                run.SetConsistencyAsync(new ConsistencyOptions { Mode = "elastic" })
            )
        ).Message.ShouldContain($"node {second.Address} has no consistency model 'elastic'");
        run.Cancel();
        (await run.Completion.WaitAsync(Patience)).IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_is_read_from_a_section_of_dotnet_configuration()
    {
        var options = StandaloneNodeOptions.Read(
            Section(
                ("Roles:0", "coordinator"),
                ("Roles:1", "server"),
                ("coordinator-role", "shop"),
                ("Host", "127.0.0.1"),
                ("Port", "0"),
                ("Coordinator:ProgressInterval", "100ms"),
                ("lane:in-flight", "64MiB")
            )
        );

        options.Roles.ShouldBe([NodeRoles.Coordinator, NodeRoles.Server]);
        options.Configuration.GetString("actortrain.coordinator.progress-interval").ShouldBe("100ms");
        options.Configuration.GetString("actortrain.lane.in-flight").ShouldBe("64MiB");
        await using var node = await ActorTrainNode.StartAsync(options);
        Akka.Cluster.Cluster.Get(node.System).SelfRoles.ShouldBe(["coordinator", "server", "shop"], ignoreOrder: true);
        await node.Joined.WaitAsync(Patience);
        while ((await TrainingClient.From(node).GetStatusAsync()).Nodes.Count == 0)
            await Task.Yield();
    }

    [Theory]
    [InlineData("Port", "many", "Port is many (ActorTrain:Port); it must be a whole number from 0 to 65535.")]
    [InlineData("Join", "nowhere", "Join is nowhere (ActorTrain:Join); it must be HOST:PORT, such as 127.0.0.1:4053.")]
    [InlineData("Host", "0.0.0.0", "Host is 0.0.0.0 (ActorTrain:Host); it must be a name or address of this machine ")]
    [InlineData("Roles:0", "boss", "Roles is boss (ActorTrain:Roles); it must be one or more of ")]
    [InlineData("Prot", "1", "unknown key actortrain.Prot (ActorTrain:Prot); actortrain has the keys ")]
    public void A_wrong_value_or_key_is_refused_with_its_path(string key, string value, string message) =>
        Should
            .Throw<ActorTrainException>(() => StandaloneNodeOptions.Read(Section((key, value))))
            .Message.ShouldStartWith(message);

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create($"ActorTrain:{setting.Key}", (string?)setting.Value))
            )
            .Build()
            .GetSection("ActorTrain");
}
