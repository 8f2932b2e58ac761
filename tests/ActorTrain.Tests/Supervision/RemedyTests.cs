using ActorTrain.Job;
using ActorTrain.Supervision;
using ActorTrain.Tests.Hosting;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Supervision;

/// <summary>
/// What goes wrong in one worker while a real cluster trains: the others go on, each sample counts once, and an event
/// says what was done.
/// </summary>
public sealed class RemedyTests
{
    private const int Samples = 640;
    private const int Epochs = 300;
    private static readonly Engines Healthy = Engines.Linear();

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
        failed.Remedy.ShouldEndWith("it comes back with a new engine");
    }

    [Fact]
    public async Task What_fails_whoever_tries_ends_the_job_with_its_sentence_and_nobody_waits()
    {
        const string sentence = "data set made-up: training sample 471 cannot be read: FormatException: no number";
        await using var cluster = await InProcessCluster.StartAsync();
        for (var worker = 0; worker < 2; worker++)
            await cluster.AddWorkerAsync(
                new Engines(() =>
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
        var run = await cluster.SubmitAsync(Jobs.Of(epochs: Epochs, minimumWorkers: 2));

        var failure = await Should.ThrowAsync<TrainingFailedException>(run.Completion.WaitAsync(Patience));

        failure.Message.ShouldContain(sentence);
        var failed = new List<SupervisionEvent>();
        await foreach (var happened in run.Events)
            if (happened.Kind == SupervisionEventKinds.WorkerFailed)
                failed.Add(happened);
        failed.ShouldAllBe(happened => happened.Reason == sentence && !happened.Remedy.Contains("comes back"));
        failed.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_worker_that_was_alone_and_failed_is_waited_for()
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

        report.Events.Count(happened => happened.Kind == SupervisionEventKinds.WorkerJoined).ShouldBe(2);
    }

    [Fact]
    public async Task A_worker_that_runs_out_of_memory_halves_its_micro_batch_and_remembers_it()
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

        // 16 are too many, and 8, and 4 are not: and that was tried once.
        shortages.ShouldBe(2);
        report
            .Events.Where(happened => happened.Kind == SupervisionEventKinds.OutOfMemory)
            .Select(happened => happened.Remedy)
            .ShouldBe(["it goes on with 8 at once", "it goes on with 4 at once"]);
        Event(report, SupervisionEventKinds.OutOfMemory)
            .Reason.ShouldBe("16 samples are too many for its device: 8 GiB are not enough");
    }

    [Fact]
    public async Task A_device_that_does_not_hold_the_least_micro_batch_takes_no_part()
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
                "8 samples are too many for the device, and a gradient is of at least 8 (micro-batch-floor): 8 GiB "
                    + "are not enough"
            );
    }

    [Fact]
    public async Task A_single_gradient_that_is_not_finite_is_refused_and_its_samples_are_done_again()
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
        report.Events.ShouldNotContain(happened => happened.Kind == SupervisionEventKinds.WorkerQuarantined);
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
    public async Task A_sample_that_gives_no_finite_gradient_to_anybody_ends_the_job_by_name()
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
    public async Task When_no_gradient_is_finite_the_job_ends_and_says_what_may_be_wrong()
    {
        static Fault Diverged() => (_, _, gradient) => gradient[0] = float.NaN;
        var failure = await Should.ThrowAsync<ActorTrainException>(() => Train(Diverged, alone: true));

        failure.Message.ShouldContain("wants a lower learning rate");
    }

    private static Fault NoFault => (_, _, _) => { };

    private static SupervisionEvent Event(TrainingReport report, string kind) =>
        report.Events.First(happened => happened.Kind == kind);

    private static async Task<TrainingReport> Train(
        Func<Fault> fault,
        Func<Fault>? other = null,
        bool alone = false,
        int floor = 0
    )
    {
        await using var cluster = await InProcessCluster.StartAsync();
        await cluster.AddWorkerAsync(new Engines(() => new FaultyEngine(new LinearEngine(Samples), fault())));
        if (!alone)
            await cluster.AddWorkerAsync(
                other is null ? Healthy : new Engines(() => new FaultyEngine(new LinearEngine(Samples), other()))
            );

        var report = await cluster.RunAsync(
            Jobs.Of(epochs: Epochs, batch: 16, minimumWorkers: alone ? 1 : 2) with
            {
                MicroBatchFloor = floor,
            }
        );

        report.SamplesApplied.ShouldBe(Epochs * Samples);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(Epochs * Samples);
        return report;
    }
}
