using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Workers evaluate the epochs of a job.</summary>
public sealed class JobTrainingEvaluationTests : JobTrainingActorTestBase
{
    [Fact]
    public async Task Each_completed_epoch_is_evaluated_and_the_report_follows_the_last()
    {
        var a = await Join("a:1");
        for (var i = 0; i < 4; i++)
        {
            var lease = await a.Lease();
            a.End(lease);
            if (i != 1)
                continue;
            (await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(1);
            a.Tell(new WorkerProtocol.Evaluated(1, new Evaluation(0.5, 0.5, 8)));
        }
        (await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(2);
        _count = _count with
        {
            Version = 8,
            CompleteEpochs = 2,
            Workers = [new ShardProtocol.WorkerCount("a:1", 0, 128, 8, 0, 0, [8])],
            StalenessHistogram = [8, 0, 0, 0],
        };
        a.Tell(new WorkerProtocol.Evaluated(2, new Evaluation(0.25, 0.75, 8)));

        var done = await Ending<JobTrainingProtocol.Done>();
        done.IsCanceled.ShouldBeFalse();
        done.Report.SamplesApplied.ShouldBe(128);
        (done.Report.TestAccuracy, done.Report.Metric).ShouldBe((0.75, "recall"));
        done.Report.Epochs.Select(epoch => (epoch.Samples, epoch.TrainLoss, epoch.TestAccuracy))
            .ShouldBe([(64L, 2.0, 0.5), (64L, 2.0, 0.75)]);
        done.Report.Workers.ShouldHaveSingleItem().Share.ShouldBe(1);
        done.Report.Staleness.Histogram.ShouldBe([8]);
    }

    [Theory, InlineData(2, 2, 3), InlineData(5, 3)]
    public async Task Every_nth_epoch_and_the_last_are_evaluated(int every, params int[] evaluated)
    {
        _training = Begin(Jobs.Create(epochs: 3, batch: 16, leaseBatches: 4, evaluateEvery: every));
        var a = await Join("a:1");
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            // Any other message would fail the next lease.
            var lease = await a.Lease();
            // Not before: counts in between would complete the epoch.
            _count = _count with
            {
                CompleteEpochs = epoch,
            };
            a.End(lease);
            if (!evaluated.Contains(epoch))
                continue;
            (await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(epoch);
            a.Tell(new WorkerProtocol.Evaluated(epoch, new Evaluation(0.5, 0.5, 8)));
        }
        await Ending<JobTrainingProtocol.Done>();
    }

    [Fact]
    public async Task A_lost_evaluators_epoch_goes_to_another()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        a.End(await a.Lease());
        a.End(await a.Lease());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>();
        _training.Tell(new NodeProtocol.NodeLost("a:1", "it did not answer"));
        (await b.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_evaluation_goes_to_another_worker_and_the_event_says_so()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        a.End(await a.Lease());
        a.End(await a.Lease());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>();
        a.Tell(new WorkerProtocol.EvaluationFailed(a.Id, 1, "the device is gone."));

        var failed = await Raised(SupervisionEventKinds.EvaluationFailed);
        (failed.Reason, failed.Action).ShouldBe(("the device is gone", "another node is asked"));
        (await b.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(1);
        b.Tell(new WorkerProtocol.EvaluationFailed(b.Id, 1, "here, too"));
        (await Raised(SupervisionEventKinds.EvaluationFailed)).Action.ShouldBe("there is no other node to ask");
    }

    [Fact]
    public async Task An_evaluation_that_a_single_worker_fails_at_is_given_up()
    {
        var a = await Join("a:1");
        a.End(await a.Lease());
        a.End(await a.Lease());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>();
        a.Tell(new WorkerProtocol.EvaluationFailed(a.Id, 1, "the device is gone"));

        (await Raised(SupervisionEventKinds.EvaluationFailed)).Action.ShouldBe("there is no other node to ask");
        var givenUp = await Raised(SupervisionEventKinds.EvaluationGivenUp);
        (givenUp.Reason, givenUp.Action).ShouldBe(
            ("no node could evaluate epoch 1", "the report has no test recall for it")
        );
    }

    [Fact]
    public async Task An_evaluation_whose_shard_has_stopped_is_given_anew_and_counts_as_no_failure()
    {
        var a = await Join("a:1");
        a.End(await a.Lease());
        a.End(await a.Lease());
        await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>();

        a.Tell(new WorkerProtocol.EvaluationPostponed(a.Id));

        (await a.Probe.ExpectMsgAsync<WorkerProtocol.Evaluate>()).Epoch.ShouldBe(1);
    }
}
