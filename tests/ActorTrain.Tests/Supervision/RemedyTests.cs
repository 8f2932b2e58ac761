using ActorTrain.Job;
using ActorTrain.Tests.Hosting;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Supervision;

/// <summary>
/// One worker fails while a real cluster trains: the others continue, each sample counts once, and an event reports the
/// action.
/// </summary>
public sealed class RemedyTests
{
    private const int Samples = 640;
    private const int Epochs = 300;
    private static readonly ToyEngines Healthy = ToyEngines.Linear();

    [Fact]
    public async Task A_worker_whose_engine_throws_comes_back_with_a_new_one()
    {
        var engines = 0;
        var report = await Train(() =>
            Interlocked.Increment(ref engines) == 1
                ? (step, _, _) =>
                {
                    if (step == 5)
                        throw new InvalidOperationException("the device fell off the bus");
                }
                : NoFault
        );

        var failed = Event(report, SupervisionEventKinds.WorkerFailed);
        failed.Reason.ShouldBe("InvalidOperationException: the device fell off the bus");
        failed.Action.ShouldEndWith("it comes back with a new engine");
    }

    [Fact]
    public async Task A_failure_on_every_worker_ends_the_job_with_its_sentence_at_once()
    {
        const string sentence = "data set made-up: training sample 471 cannot be read: FormatException: no number";
        await using var cluster = await InProcessCluster.StartAsync();
        for (var worker = 0; worker < 2; worker++)
            await cluster.AddWorkerAsync(
                new ToyEngines(() =>
                    new FaultyEngine(
                        new LinearEngine(Samples),
                        (_, samples, _) =>
                        {
                            if (samples.Contains(471))
                                throw new ActorTrainException(sentence);
                        }
                    )
                )
            );
        var run = await cluster.SubmitAsync(Jobs.Create(epochs: Epochs, minimumWorkers: 2));

        var failure = await Should.ThrowAsync<JobFailedException>(run.Completion.WaitAsync(Patience));

        failure.Message.ShouldContain(sentence);
        var failed = new List<SupervisionEvent>();
        await foreach (var raised in run.Events)
            if (raised.Kind == SupervisionEventKinds.WorkerFailed)
                failed.Add(raised);
        failed.ShouldAllBe(raised => raised.Reason == sentence && !raised.Action.Contains("comes back"));
        failed.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_job_waits_for_its_only_worker_after_a_failure()
    {
        var engines = 0;
        var report = await Train(
            alone: true,
            fault: () =>
                Interlocked.Increment(ref engines) == 1
                    ? (step, _, _) =>
                    {
                        if (step == 5)
                            throw new InvalidOperationException("the device fell off the bus");
                    }
                    : NoFault
        );

        report.Events.Count(raised => raised.Kind == SupervisionEventKinds.WorkerJoined).ShouldBe(2);
    }

    [Fact]
    public async Task A_worker_that_runs_out_of_memory_keeps_half_its_micro_batch()
    {
        var shortages = 0;
        var report = await Train(
            floor: 2,
            fault: () =>
                (_, samples, _) =>
                {
                    if (samples.Length <= 5)
                        return;
                    Interlocked.Increment(ref shortages);
                    throw new InsufficientMemoryException("8 GiB are not enough");
                }
        );

        // 16 and 8 are too many, 4 are not, and each was tried once.
        shortages.ShouldBe(2);
        report
            .Events.Where(raised => raised.Kind == SupervisionEventKinds.OutOfMemory)
            .Select(raised => raised.Action)
            .ShouldBe(["it goes on with 8 at once", "it goes on with 4 at once"]);
        Event(report, SupervisionEventKinds.OutOfMemory)
            .Reason.ShouldBe("16 samples are too many for its device: 8 GiB are not enough");
    }

    [Fact]
    public async Task A_device_that_does_not_hold_the_smallest_micro_batch_takes_no_part()
    {
        var report = await Train(() =>
            (_, samples, _) =>
            {
                if (samples.Length > 5)
                    throw new InsufficientMemoryException("8 GiB are not enough");
            }
        );

        Event(report, SupervisionEventKinds.WorkerFailed)
            .Reason.ShouldBe(
                "8 samples are too many for the device, and a gradient is of at least 8 (minimum-micro-batch-size): "
                    + "8 GiB are not enough"
            );
    }

    [Fact]
    public async Task A_single_gradient_that_is_not_finite_is_refused_and_its_samples_are_trained_again()
    {
        var report = await Train(() =>
            (step, _, gradient) =>
            {
                if (step == 3)
                    gradient[^1] = float.NaN;
            }
        );

        Event(report, SupervisionEventKinds.GradientsNotFinite)
            .Reason.ShouldStartWith("a push was refused: the gradient of training samples ");
        report.Events.ShouldNotContain(raised => raised.Kind == SupervisionEventKinds.WorkerQuarantined);
    }

    [Fact]
    public async Task A_worker_whose_gradients_are_never_finite_is_quarantined()
    {
        var report = await Train(() => (_, _, gradient) => gradient[0] = float.PositiveInfinity);

        Event(report, SupervisionEventKinds.WorkerQuarantined)
            .Reason.ShouldBe("its gradients, or its buffers after them, are not finite, again and again");
        report.Workers.Count(worker => worker.Samples > 0).ShouldBe(1);
    }

    [Fact]
    public async Task A_sample_without_a_finite_gradient_on_any_worker_ends_the_job_by_name()
    {
        static Fault Poisoned() =>
            (_, samples, gradient) =>
            {
                if (samples.Contains(321))
                    gradient[0] = float.NaN;
            };
        var failure = await Should.ThrowAsync<ActorTrainException>(() => Train(Poisoned, other: Poisoned));

        failure.Message.ShouldMatch(
            @"The job failed: the gradient of training samples .*\b321\b.* is not finite, in 3 attempts: "
                + "the data holds .*"
        );
    }

    [Fact]
    public async Task When_no_gradient_is_finite_the_job_ends_with_possible_causes()
    {
        static Fault Diverged() => (_, _, gradient) => gradient[0] = float.NaN;
        var failure = await Should.ThrowAsync<ActorTrainException>(() => Train(Diverged, alone: true));

        failure.Message.ShouldContain("needs a lower learning rate");
    }

    private static Fault NoFault => (_, _, _) => { };

    private static SupervisionEvent Event(TrainingReport report, string kind) =>
        report.Events.First(raised => raised.Kind == kind);

    private static async Task<TrainingReport> Train(
        Func<Fault> fault,
        Func<Fault>? other = null,
        bool alone = false,
        int floor = 0
    )
    {
        await using var cluster = await InProcessCluster.StartAsync();
        await cluster.AddWorkerAsync(new ToyEngines(() => new FaultyEngine(new LinearEngine(Samples), fault())));
        if (!alone)
            await cluster.AddWorkerAsync(
                other is null ? Healthy : new ToyEngines(() => new FaultyEngine(new LinearEngine(Samples), other()))
            );

        var report = await cluster.RunAsync(
            Jobs.Create(epochs: Epochs, batch: 16, minimumWorkers: alone ? 1 : 2) with
            {
                MinimumMicroBatchSize = floor,
            }
        );

        report.SamplesApplied.ShouldBe(Epochs * Samples);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(Epochs * Samples);
        return report;
    }
}
