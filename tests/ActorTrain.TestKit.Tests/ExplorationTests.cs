using ActorTrain.TestKit.Exploration;

namespace ActorTrain.TestKit.Tests;

public sealed class ExplorationTests
{
    [Fact]
    public void Whatever_happens_to_workers_and_coordinators_every_sample_counts_once_and_the_job_ends() =>
        new Explorer(Explorer.Cluster(seed: 1), Jobs.Of("lease-batches = 8")).Run(scripts: 1000);

    [Theory]
    [InlineData("name = synchronous")]
    [InlineData("name = synchronous\n synchronous { global-batch = 60, deterministic = on }")]
    [InlineData("name = synchronous\n synchronous.backup-workers = 1")]
    [InlineData("name = bounded\n bounded.staleness = 2")]
    [InlineData("name = bounded\n bounded { staleness = 1, most = 4 }")]
    public void However_the_workers_march_it_is_the_same(string consistency) =>
        new Explorer(Explorer.Cluster(seed: 1), Jobs.Of($"lease-batches = 8\n consistency {{ {consistency} }}")).Run(scripts: 150);

    [Theory, InlineData("asynchronous", "on"), InlineData("synchronous", "off")]
    public void Nor_do_local_steps_change_anything_about_that(string consistency, string followSpeed) => new Explorer(Explorer.Cluster(seed: 1), Jobs.Of(
        $"lease-batches = 8\n consistency.name = {consistency}\n local-steps.steps = 12\n local-steps.follow-speed = {followSpeed}\n local-steps.outer {{ learning-rate = 1, momentum = 0, nesterov = off }}")).Run(scripts: 150);
}
