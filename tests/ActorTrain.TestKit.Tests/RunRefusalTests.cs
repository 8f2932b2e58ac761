using ActorTrain.Parameters;
using ActorTrain.TestKit.Exploration;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>Simulations, faults and jobs that do not match are refused at the start of a run.</summary>
public sealed class RunRefusalTests
{
    private static readonly Simulation Two = new Simulation(Seed: 1).WithSeed().WithWorkers(2, Speed.Constant(100));

    private const string Nodes = "its nodes are seed, worker-1, worker-2.";

    [Fact]
    public void Clusters_that_cannot_run_a_job_are_refused()
    {
        RefusedToRun(
            new Simulation(1),
            "The simulation has no nodes; add some, such as WithSeed() and WithWorkers(4, Speed.Constant(1000))."
        );
        RefusedToRun(
            new Simulation(1).WithSeed(),
            "The simulation has no workers, and none join; add some, such as WithWorkers(4, Speed.Constant(1000))."
        );
        RefusedToRun(
            new Simulation(1).WithWorkers(1, Speed.Constant(1)),
            "No node of the simulation has the role coordinator; WithSeed() adds one with coordinator and server."
        );
        RefusedToRun(
            new Simulation(1).WithNode(new NodePlan("a", ["coordinator", "worker"], Speed.Constant(1))),
            "No node of the simulation has the role server; WithSeed() adds one with coordinator and server."
        );
        RefusedToRun(
            Two.WithNode(new NodePlan("a", [], Speed.Constant(1))),
            "The node 'a' has no role; give it one or more of coordinator, server, standby, worker."
        );
        RefusedToRun(
            Two.WithNode(new NodePlan("client", ["worker"], Speed.Constant(1))),
            "No node may be called 'client', the node that submits the job; give it another name."
        );
        RefusedToRun(
            Two with
            {
                Nodes = [.. Two.Nodes, Two.Nodes[0]],
            },
            "The simulation already has a node 'seed'; every name must be unique."
        );
        RefusedToRun(
            Two.WithLink("seed", "worker-3", TimeSpan.Zero, 1),
            $"The link between 'seed' and 'worker-3' leads nowhere: the simulation has no node 'worker-3'; {Nodes}"
        );
    }

    [Fact]
    public void Faults_at_nodes_that_do_not_exist_or_have_not_joined_are_refused()
    {
        RefusedToRun(
            Two.At(2, Fault.Kill("worker-9")),
            $"Fault.Kill(\"worker-9\") at 2 s cannot be applied: the simulation has no node 'worker-9'; {Nodes}"
        );
        RefusedToRun(
            Two.At(9_000, Fault.Restart("wroker-1")),
            "Fault.Restart(\"wroker-1\") at 9000 s cannot be applied: the simulation has no node 'wroker-1'; did you "
                + "mean worker-1?"
        );
        RefusedToRun(
            Two.At(2, Fault.Partition("worker-1", "worker-3")),
            $"Fault.Partition(\"worker-1\", \"worker-3\") at 2 s cannot be applied: the simulation has no node "
                + $"'worker-3'; {Nodes}"
        );
        var joins = Two.At(5, Fault.Join(1, Speed.Constant(100)));
        RefusedToRun(
            joins.At(4, Fault.Slow("worker-3", to: 0.5)),
            $"Fault.Slow(\"worker-3\", to: 0.5) at 4 s cannot be applied: the simulation has no node 'worker-3'; "
                + $"{Nodes}"
        );
        joins
            .At(6, Fault.Slow("worker-3", to: 0.5))
            .WithLink("worker-3", "seed", TimeSpan.Zero, 1e6)
            .Run(Jobs.Create())
            .ShouldSucceed();
    }

    [Fact]
    public void Faults_by_hand_at_unknown_nodes_negative_times_and_disposed_runs_are_refused()
    {
        using var run = Two.Start(Jobs.Create());
        Refused(
            () => run.Make(Fault.Restart("unknown")),
            $"Fault.Restart(\"unknown\") cannot be applied: the simulation has no node 'unknown'; {Nodes}"
        );
        Refused(() => run.Advance(TimeSpan.FromSeconds(-1)), "Advance: time is -1 s; it must be 0 s or more.");
        run.Dispose();
        Should.Throw<ObjectDisposedException>(() => run.Advance(TimeSpan.Zero));
        Should.Throw<ObjectDisposedException>(run.ToEnd);
    }

    [Fact]
    public void Job_options_that_are_not_valid_are_refused()
    {
        var job = Jobs.Create();
        Refused(() => Two.Run(null!), "The simulation's job is null; it must be options, such as new JobOptions().");
        Refused(
            () => Two.Run(job with { Epochs = 0 }),
            "actortrain.job.epochs is 0 (JobOptions.Epochs); it must be 1 or more."
        );
        Refused(
            () => Two.Run(job with { Optimizer = job.Optimizer with { LearningRate = float.NaN } }),
            "actortrain.job.optimizer.learning-rate is NaN (JobOptions.Optimizer.LearningRate); it must be more than "
                + "0."
        );
        Refused(
            () => Two.Run(job with { Optimizer = new CustomOptimizer("lion") }),
            "There is no optimizer 'lion'; there are sgd, adam, adamw."
        );
        Refused(() => Two.Run(job with { Staleness = null! }), "JobOptions.Staleness is null; it must be given.");
    }

    private static void RefusedToRun(Simulation simulation, string error) =>
        Refused(() => simulation.Run(Jobs.Create()), error);

    private static void Refused(Action given, string error) =>
        Should.Throw<ActorTrainException>(given).Message.ShouldBe(error);
}
