using ActorTrain.Supervision;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

public sealed class SimulationTests
{
    private static readonly Simulation Four = new Simulation(Seed: 1).WithSeed().WithWorkers(4, Speed.Constant(1000));

    [Fact]
    public void A_job_ends_and_every_sample_counts_once()
    {
        var result = Four.Run(Jobs.Of());
        result.Failure.ShouldBeNull();
        result.Errors.ShouldBeEmpty();
        result.Report!.SamplesApplied.ShouldBe(30_000);
    }

    [Fact]
    public void The_same_seed_gives_the_same_event_log_and_another_seed_another()
    {
        var script = Four.At(seconds: 4, Fault.Kill("worker-2")).At(seconds: 5, Fault.Freeze("worker-3")).At(seconds: 15, Fault.Thaw("worker-3"));
        script.Run(Jobs.Of()).EventLog.ShouldBe(script.Run(Jobs.Of()).EventLog);
        (script with { Seed = 2 }).Run(Jobs.Of()).Hash.ShouldNotBe(script.Run(Jobs.Of()).Hash);
    }
}
