using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;

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
        await using var first = await ActorTrainNode.StartAsync(seed);
        var client = TrainingClient.From(first);
        var mine = new StalenessOptions { Policy = "mine" };
        await (await client.SubmitAsync(Jobs.Create(epochs: 1, staleness: mine))).Completion.WaitAsync(Patience);

        await using var second = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = [NodeRoles.Server], Join = first.Address }
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
        run.Cancel();
        (await run.Completion.WaitAsync(Patience)).IsCanceled.ShouldBeTrue();
    }
}
