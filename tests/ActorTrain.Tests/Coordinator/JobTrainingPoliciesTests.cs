using ActorTrain.Consistency;
using ActorTrain.Coordinator;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Clients change the consistency and the staleness policy of a job that trains.</summary>
public sealed class JobTrainingPoliciesTests : JobTrainingActorTestBase
{
    [Fact]
    public async Task A_changed_consistency_reaches_the_shards_and_workers_return_what_they_have_not_begun()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var (first, second) = (await a.Lease(), await b.Lease());
        var asked = Jobs.Synchronous() with { Bounded = Jobs.Asynchronous.Bounded };

        // Two workers with a batch of 16 each.
        var resolved = Jobs.Synchronous(globalBatch: 32) with
        {
            Bounded = asked.Bounded,
        };
        (await Answer(new ClientProtocol.SetConsistency(asked))).ShouldBe(
            new ClientProtocol.CurrentConsistency(resolved)
        );

        (
            await _shard.FishForMessageAsync(message =>
                message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Synchronous }
            )
        ).ShouldBe(new ShardProtocol.SetPolicies(Jobs.Accept, resolved, 1));
        foreach (var (worker, lease) in new[] { (a, first), (b, second) })
        {
            await worker.Probe.ExpectMsgAsync<WorkerProtocol.ReturnLeases>();
            worker.End(lease, lease.Range);
        }
        (
            await _job.FishForMessageAsync(message =>
                message is JobTrainingProtocol.SnapshotTaken { Consistency.Mode: ConsistencyMode.Synchronous }
            )
        ).ShouldNotBeNull();
        a.Tell(new WorkerProtocol.RequestLease(a.Id));
        var step = (
            (WorkerProtocol.Granted)await a.Probe.FishForMessageAsync(message => message is WorkerProtocol.Granted)
        )
            .Lease
            .Range;
        (step.Start, step.Count).ShouldBe((0, 16));
    }

    [Fact]
    public async Task A_consistency_that_is_changed_back_reaches_the_shards()
    {
        await Join("a:1");
        await Answer(new ClientProtocol.SetConsistency(Jobs.Synchronous(globalBatch: 32)));
        await _shard.FishForMessageAsync(message =>
            message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Synchronous }
        );

        await Answer(new ClientProtocol.SetConsistency(Jobs.Asynchronous));

        (
            await _shard.FishForMessageAsync(message =>
                message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Asynchronous }
            )
        ).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_invalid_consistency_is_refused_and_the_old_one_stays()
    {
        (await Answer(new ClientProtocol.SetConsistency(Jobs.Bounded(staleness: -1)))).ShouldBe(
            new ClientProtocol.Rejected(
                "actortrain.job.consistency.bounded.staleness is -1 "
                    + "(JobOptions.Consistency.Bounded.Staleness); it must be 0 or more"
            )
        );
        (await Answer(new ClientProtocol.GetConsistency())).ShouldBe(
            new ClientProtocol.CurrentConsistency(Jobs.Asynchronous)
        );
    }

    [Fact]
    public async Task Gathered_gradients_of_an_open_step_are_applied_when_the_job_is_canceled()
    {
        _training = Begin(Jobs.Create(epochs: 2, batch: 16, consistency: Jobs.Synchronous(globalBatch: 32)));
        _training.Tell(new ClientProtocol.Cancel());
        (
            await _shard.FishForMessageAsync(message =>
                message is ShardProtocol.SetPolicies { Consistency.Mode: ConsistencyMode.Asynchronous }
            )
        ).ShouldNotBeNull();
        (await Ending<JobTrainingProtocol.Done>()).IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_staleness_policy_that_the_optimizer_does_not_fit_is_refused()
    {
        var asked = Jobs.Staleness(StalenessPolicy.DanaSlim);

        (await Answer(new ClientProtocol.SetStaleness(asked))).ShouldBe(
            new ClientProtocol.Rejected(
                "actortrain.job.staleness.policy is dana-slim (JobOptions.Staleness.Policy); it must be another while "
                    + "the optimizer's momentum is 0: dana-slim is that momentum, one for each worker"
            )
        );
        (await Answer(new ClientProtocol.GetStaleness())).ShouldBe(
            new ClientProtocol.CurrentStaleness(Jobs.Accept, Jobs.Sgd(0.02f))
        );

        _training = Begin(Jobs.Create(optimizer: Jobs.Sgd(0.02f, momentum: 0.9f)));
        (await Answer(new ClientProtocol.SetStaleness(asked))).ShouldBe(
            new ClientProtocol.CurrentStaleness(asked, Jobs.Sgd(0.02f, momentum: 0.9f))
        );
    }
}
