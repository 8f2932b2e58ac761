using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Supervision;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>A program of somebody's own has the same verbs, under its own name, for its own engine.</summary>
public sealed class OwnProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_trains_by_its_own_options_and_the_command_line_comes_before_them()
    {
        var report = Path.Combine(_folder.Path, "report.json");

        var ran = await Ran.Program(
            Mine("epochs = 2, batch = 16, optimizer.learning-rate = 0.02"),
            "demo",
            "--epochs",
            "3",
            "--quiet",
            "--report",
            report,
            "--save",
            report + ".safetensors"
        );

        (ran.ExitCode, ran.Error).ShouldBe((0, ""));
        ran.Output.ShouldStartWith("demo: done after");
        var written = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report));
        (written.Model.Name, written.Epochs.Count, written.SamplesApplied).ShouldBe(("linear", 3, 3 * 640));
        written.Workers.Count.ShouldBe(3);
        // The data set's own name, and not the one that a job has where nobody says otherwise.
        written.Data.Name.ShouldBe("made-up");
        SafeTensors.Load(report + ".safetensors").Metadata["data"].ShouldBe("made-up");
    }

    [Fact]
    public async Task A_job_file_comes_before_its_options()
    {
        JobOptions? seen = null;
        var file = Path.Combine(_folder.Path, "job.conf");
        await File.WriteAllTextAsync(file, "actortrain.job.batch = 7");
        var program = new NodeProgram((_, _) => throw new ActorTrainException("far enough"), "mine")
        {
            Options = "epochs = 2, batch = 16",
            Validate = job => seen = job,
        };

        await Ran.Program(program, "local", file, "--workers", "1", "--seed", "9");

        (seen!.Epochs, seen.Batch, seen.Seed, seen.Model.Name, seen.Data.Name).ShouldBe((2, 7, 9, "mine", "mine"));
    }

    [Theory]
    [InlineData("epohs = 3", "unknown key actortrain.job.epohs (the program's options, line 1); did you mean epochs?")]
    [InlineData(
        "epochs = 3\nbatch = none",
        "actortrain.job.batch is none (the program's options, line 2); it must be a whole number from 1 to 1000000."
    )]
    public async Task Wrong_options_are_named_with_their_line(string options, string sentence)
    {
        var ran = await Ran.Program(Mine(options), "demo");

        (ran.ExitCode, ran.Error).ShouldBe((2, $"mine: {sentence}{Environment.NewLine}"));
    }

    [Fact]
    public async Task It_speaks_of_itself_by_its_own_name_and_has_no_options_of_a_catalogue()
    {
        (await Ran.Program(Mine(), "train")).Error.ShouldBe(
            $"mine: train needs --join HOST:PORT, a node of the cluster such as 127.0.0.1:4053.{Environment.NewLine}"
        );
        (await Ran.Program(Mine(), "train", "--epohs", "3")).Error.ShouldContain("did you mean --epochs?");
        var help = (await Ran.Program(Mine(), "train", "--help")).Output;
        help.ShouldContain("  mine train job.conf --join");
        help.ShouldNotContain("--model");
    }

    [Fact]
    public async Task An_engine_that_does_not_keep_its_contract_is_named_to_the_client()
    {
        var program = new NodeProgram((_, _) => new Engines(() => new TooShort()), "mine");

        var ran = await Ran.Program(program, "demo", "--quiet");

        ran.ExitCode.ShouldBe(2);
        ran.Error.TrimEnd()
            .Split(Environment.NewLine)[^1]
            .ShouldEndWith("engine TooShort of model linear: its Parameters is 3 values long, and its layout says 38.");
    }

    [Fact]
    public async Task A_sample_that_nobody_can_read_ends_the_job_and_is_named_to_the_client()
    {
        const string sentence = "data set made-up: training sample 471 cannot be read: FormatException: no number";
        var program = new NodeProgram(
            (_, _) =>
                new Engines(() =>
                    new FaultyEngine(
                        new LinearEngine(),
                        (_, samples, _) =>
                        {
                            if (samples.Contains(471))
                                throw new ActorTrainException(sentence);
                        }
                    )
                ),
            "mine"
        );

        var ran = await Ran.Program(program, "demo", "--quiet");

        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldContain(sentence);
        ran.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_test_loss_that_is_not_finite_is_an_event_and_no_accuracy_and_the_exit_code_is_1()
    {
        var (ran, report) = await RanWith(evaluation => evaluation with { Loss = double.NaN });

        (ran.ExitCode, ran.Error).ShouldBe(
            (1, $"mine: The result cannot be trusted. The test loss of epoch 1 is NaN.{Environment.NewLine}")
        );
        report.TestAccuracy.ShouldBeNull();
        report.Events.ShouldContain(happened =>
            happened.Kind == SupervisionEventKinds.EvaluationNotFinite
            && happened.Reason == "the test loss of epoch 1 is NaN"
        );
    }

    [Fact]
    public async Task A_test_sample_that_nobody_can_read_is_named_and_gives_no_accuracy_and_the_exit_code_is_1()
    {
        var (ran, report) = await RanWith(_ =>
            throw new ActorTrainException("data set made-up: test sample 6 cannot be read: FormatException: no number")
        );

        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldMatch(
            $@"^mine: The result cannot be trusted\. No node could evaluate epoch [12]: "
                + "data set made-up: test sample 6 cannot be read: FormatException: no number"
                + $@"\.{Environment.NewLine}$"
        );
        report.TestAccuracy.ShouldBeNull();
        report.SamplesApplied.ShouldBe(2 * 640);
    }

    private async Task<(Ran Ran, TrainingReport Report)> RanWith(Func<Evaluation, Evaluation> evaluated)
    {
        var report = Path.Combine(_folder.Path, "report.json");
        var program = new NodeProgram(
            (_, _) =>
                new Engines(() => new FaultyEngine(new LinearEngine(), (_, _, _) => { }) { Evaluated = evaluated }),
            "mine"
        )
        {
            Options = "epochs = 2, batch = 16",
        };
        var ran = await Ran.Program(program, "demo", "--quiet", "--report", report);
        return (ran, TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report)));
    }

    [Theory, InlineData("the table is gone"), InlineData("the table is gone.")]
    public async Task A_failure_that_ends_a_run_is_one_sentence_with_one_full_stop(string said)
    {
        var program = new NodeProgram((_, _) => new Engines(() => throw new InvalidOperationException(said)), "mine");

        var ran = await Ran.Program(program, "demo");

        ran.ExitCode.ShouldBe(2);
        ran.Error.ShouldMatch(
            $@"^mine: The job failed: no worker can take part; 127\.0\.0\.1:\d+: "
                + $@"InvalidOperationException: the table is gone\.{Environment.NewLine}$"
        );
    }

    private static NodeProgram Mine(string options = "") =>
        new((_, _) => Engines.Linear(), "mine") { Options = options };

    private sealed class TooShort : IGradientEngine
    {
        private readonly LinearEngine _inner = new();

        public ModelDescription Model => _inner.Model;

        public DatasetDescription Dataset => _inner.Dataset;

        public DeviceDescription Device => _inner.Device;

        public Memory<float> Parameters { get; } = new float[3];

        public Memory<float> State => _inner.State;

        public void Initialize(long seed) => _inner.Initialize(seed);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) =>
            _inner.ComputeGradient(samples, seed, gradient);

        public Evaluation Evaluate(CancellationToken cancellation) => _inner.Evaluate(cancellation);

        public void Dispose() => _inner.Dispose();
    }
}
