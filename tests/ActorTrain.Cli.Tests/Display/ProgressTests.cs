using ActorTrain.CommandLine.Display;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Display;

public class ProgressTests
{
    private static readonly JobProgress Training = new(
        "first",
        JobPhase.Training,
        "",
        2,
        5,
        129_024,
        300_000,
        27,
        4812.4,
        0.41234,
        0.8612,
        [],
        [],
        new StalenessSummary(0.94, 3, []),
        []
    );

    private static EpochSummary Epoch(int number, double? accuracy) =>
        new(number, 60_000, 12.4, 0.5, accuracy is null ? null : 0.4, accuracy);

    [Fact]
    public void A_line_shows_progress_throughput_and_the_time_left() =>
        ProgressLine
            .Format(Training)
            .ShouldBe(
                "epoch 2/5  43%  129,024/300,000 samples  4,812 samples/s  loss 0.412  accuracy 0.8612  0 workers  "
                    + "staleness 0.9  ETA 36s"
            );

    [Fact]
    public void Unknown_values_are_dashes() =>
        ProgressLine
            .Format(
                Training with
                {
                    SamplesApplied = 0,
                    Seconds = 0,
                    Throughput = 0,
                    TrainLoss = null,
                    TestAccuracy = null,
                }
            )
            .ShouldBe(
                "epoch 2/5  0%  0/300,000 samples  0 samples/s  loss -  accuracy -  0 workers  staleness 0.9  ETA -"
            );

    [Fact]
    public void One_sample_and_one_worker_are_singular()
    {
        var worker = new WorkerSummary("a:1", "cpu", 1, 1, 1, 1, 1, 0, 0, []);
        ProgressLine
            .Format(Training with { SamplesApplied = 0, SamplesExpected = 1, Workers = [worker] })
            .ShouldContain("0/1 sample  ");
        ProgressLine.Format(Training with { Workers = [worker] }).ShouldContain("  1 worker  ");
        ProgressLine
            .Format(Training with { Phase = JobPhase.Finishing, SamplesApplied = 1 })
            .ShouldBe("finishing: 1 sample applied, last evaluation under way");
    }

    [Fact]
    public void A_custom_metric_is_shown_with_its_name_and_not_in_percent()
    {
        var training = Training with { Metric = "mean absolute error", TestAccuracy = 3.7 };

        ProgressLine.Format(training).ShouldContain("  mean absolute error 3.7000  ");
        ProgressLine.Format(Epoch(1, 12_345.678), training).ShouldEndWith("test mean absolute error 12,345.6780");
    }

    [Theory]
    [InlineData(JobPhase.WaitingForWorkers, "1 of 2 workers is ready", "waiting for workers: 1 of 2 workers is ready")]
    [InlineData(JobPhase.Preparing, "", "preparing")]
    [InlineData(JobPhase.Canceled, "", "canceled")]
    [InlineData(JobPhase.Failed, "the loss is NaN", "failed: the loss is NaN")]
    public void A_phase_is_shown_in_words_with_its_reason(JobPhase phase, string reason, string line) =>
        ProgressLine.Format(Training with { Phase = phase, Reason = reason }).ShouldBe(line);

    [Fact]
    public void An_epoch_and_an_event_are_lines_of_their_own()
    {
        ProgressLine
            .Format(Epoch(1, 0.8812), Training)
            .ShouldBe("epoch 1/5 done in 12s: train loss 0.500, test loss 0.400, test accuracy 0.8812");
        ProgressLine
            .Format(
                new SupervisionEvent(
                    TimeSpan.FromSeconds(3),
                    "worker-lost",
                    "10.0.0.2:5001",
                    "it left",
                    "its leases go to others"
                )
            )
            .ShouldBe("worker-lost 10.0.0.2:5001: it left; its leases go to others");
        ProgressLine
            .Format(new SupervisionEvent(TimeSpan.FromSeconds(3), "job-paused", "", "a client asked for it", ""))
            .ShouldBe("job-paused: a client asked for it");
    }

    [Theory]
    [InlineData(0, 300_000, 0, 0, null)]
    [InlineData(100, 300, 10, 10.0, 20.0)]
    [InlineData(100, 300, 0, 10.0, 20.0)]
    [InlineData(300, 300, 10, 10.0, 0.0)]
    [InlineData(301, 300, 10, 10.0, 0.0)]
    [InlineData(100, 300, double.NaN, 10.0, 20.0)]
    public void The_time_left_uses_the_present_throughput_or_else_the_mean(
        long applied,
        long expected,
        double throughput,
        double seconds,
        double? left
    ) =>
        (
            Training with
            {
                SamplesApplied = applied,
                SamplesExpected = expected,
                Throughput = throughput,
                Seconds = seconds,
            }
        )
            .SecondsLeft()
            .ShouldBe(left);

    [Fact]
    public void Lines_are_written_every_few_seconds_and_at_once_for_epochs_and_phases()
    {
        var reporter = new ProgressReporter(TimeSpan.FromSeconds(3));

        reporter.Report(Training, TimeSpan.Zero).Count.ShouldBe(1);
        reporter.Report(Training, TimeSpan.FromSeconds(2.9)).ShouldBeEmpty();
        reporter.Report(Training, TimeSpan.FromSeconds(3)).Count.ShouldBe(1);
        reporter
            .Report(Training with { CompletedEpochs = [Epoch(1, 0.88)] }, TimeSpan.FromSeconds(3.1))
            .ShouldHaveSingleItem()
            .ShouldStartWith("epoch 1/5 done");
        reporter
            .Report(
                Training with
                {
                    CompletedEpochs = [Epoch(1, 0.88)],
                    Phase = JobPhase.Finishing,
                },
                TimeSpan.FromSeconds(3.2)
            )
            .ShouldHaveSingleItem()
            .ShouldStartWith("finishing");
    }

    [Fact]
    public void An_epoch_is_written_once_when_it_is_evaluated()
    {
        var reporter = new ProgressReporter(TimeSpan.FromHours(1));
        reporter.Report(Training, TimeSpan.Zero).Count.ShouldBe(1);

        reporter.Report(Training with { CompletedEpochs = [Epoch(1, null)] }, TimeSpan.Zero).ShouldBeEmpty();
        reporter
            .Report(Training with { CompletedEpochs = [Epoch(1, 0.8), Epoch(2, null)] }, TimeSpan.Zero)
            .Count.ShouldBe(1);
        reporter
            .Report(Training with { CompletedEpochs = [Epoch(1, 0.8), Epoch(2, 0.9)] }, TimeSpan.Zero)
            .ShouldHaveSingleItem()
            .ShouldStartWith("epoch 2/5");
    }

    [Fact]
    public void A_wait_is_written_again_when_its_reason_changes()
    {
        var reporter = new ProgressReporter(TimeSpan.FromHours(1));
        var waiting = Training with { Phase = JobPhase.WaitingForWorkers, Reason = "0 of 2 workers are ready" };

        reporter.Report(waiting, TimeSpan.Zero).Count.ShouldBe(1);
        reporter.Report(waiting, TimeSpan.FromSeconds(1)).ShouldBeEmpty();
        reporter
            .Report(waiting with { Reason = "1 of 2 workers is ready" }, TimeSpan.FromSeconds(2))
            .ShouldHaveSingleItem()
            .ShouldBe("waiting for workers: 1 of 2 workers is ready");
    }

    [Fact]
    public void A_job_that_goes_on_from_a_checkpoint_prints_what_is_new_and_what_is_trained_again()
    {
        var reporter = new ProgressReporter(TimeSpan.FromHours(1));
        SupervisionEvent[] events =
        [
            Event("worker-joined", 1),
            Event("checkpoint-written", 2),
            Event("worker-lost", 3),
        ];
        reporter.Report(Training with { Events = events, CompletedEpochs = [Epoch(1, 0.8), Epoch(2, 0.9)] }, default);

        var resumed = Training with
        {
            Events = [Event("worker-joined", 1.2), Event("checkpoint-resumed", 3)],
            CompletedEpochs = [Epoch(1, 0.8)],
        };
        reporter
            .Report(Training with { Phase = JobPhase.Queued, Events = [], CompletedEpochs = [] }, default)
            .ShouldHaveSingleItem()
            .ShouldStartWith("queued");
        reporter.Report(resumed, default)[0].ShouldStartWith("checkpoint-resumed");
        reporter
            .Report(resumed with { CompletedEpochs = [Epoch(1, 0.8), Epoch(2, 0.9)] }, default)
            .ShouldHaveSingleItem()
            .ShouldStartWith("epoch 2/5");

        static SupervisionEvent Event(string kind, double seconds) =>
            new(TimeSpan.FromSeconds(seconds), kind, "", "a reason", "an action");
    }

    [Fact]
    public void An_epoch_that_is_not_evaluated_is_printed_with_the_next_that_is_and_at_the_end()
    {
        var reporter = new ProgressReporter(TimeSpan.FromSeconds(5));

        Epochs(Training with { CompletedEpochs = [Epoch(1, null)] }).ShouldBeEmpty();
        Epochs(Training with { CompletedEpochs = [Epoch(1, null), Epoch(2, 0.8), Epoch(3, null)] })
            .ShouldBe(["epoch 1/5", "epoch 2/5"]);
        Epochs(
                Training with
                {
                    Phase = JobPhase.Completed,
                    CompletedEpochs = [Epoch(1, null), Epoch(2, 0.8), Epoch(3, null)],
                }
            )
            .ShouldBe(["epoch 3/5"]);

        IEnumerable<string> Epochs(JobProgress progress) =>
            reporter
                .Report(progress, TimeSpan.Zero)
                .Where(line => line.Contains(" done in ", StringComparison.Ordinal))
                .Select(line => line[..line.IndexOf(" done", StringComparison.Ordinal)]);
    }
}
