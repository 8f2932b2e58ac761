using ActorTrain.TestKit.Exploration;

namespace ActorTrain.TestKit.Tests;

public sealed class ExplorationTests
{
    [Fact]
    public void Whatever_happens_to_workers_and_coordinators_every_sample_counts_once_and_the_job_ends() =>
        new Explorer(Explorer.Cluster(seed: 1), Jobs.Of("lease-batches = 8")).Run(scripts: 1000);

    [Fact]
    public void Nor_do_local_steps_change_anything_about_that() =>
        new Explorer(Explorer.Cluster(seed: 1), Jobs.Of("lease-batches = 8\n local-steps { steps = 12, follow-speed = on, outer { learning-rate = 1, momentum = 0, nesterov = off } }")).Run(scripts: 200);
}
