using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>A user's program has the same verbs, under its own name, for its own engine.</summary>
public sealed class OwnProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_program_trains_with_its_options_and_the_command_line_overrides_them()
    {
        var report = Path.Combine(_folder.Path, "report.json");

        var result = await CliResult.RunProgram(
            CreateProgram("epochs = 2, batch-size = 16, optimizer.learning-rate = 0.02"),
            "demo",
            "--epochs",
            "3",
            "--quiet",
            "--report",
            report,
            "--save",
            report + ".safetensors"
        );

        (result.ExitCode, result.Error).ShouldBe((0, ""));
        result.Output.ShouldStartWith("demo: done after");
        var written = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report));
        (written.Model.Name, written.Epochs.Count, written.SamplesApplied).ShouldBe(("linear", 3, 3 * 640));
        written.Workers.Count.ShouldBe(3);
        // The name of the data set, not the default name of a job.
        written.Data.Name.ShouldBe("made-up");
        SafeTensors.Load(report + ".safetensors").Metadata["data"].ShouldBe("made-up");
    }

    [Fact]
    public async Task A_job_file_overrides_the_options_of_a_program()
    {
        JobOptions? validated = null;
        var file = Path.Combine(_folder.Path, "job.conf");
        await File.WriteAllTextAsync(file, "actortrain.job.batch-size = 7");
        var program = new NodeProgram((_, _) => throw new ActorTrainException("validated"), "mine")
        {
            Options = "epochs = 2, batch-size = 16",
            Validate = job => validated = job,
        };

        await CliResult.RunProgram(program, "local", file, "--workers", "1", "--seed", "9");

        (validated!.Epochs, validated.BatchSize, validated.Seed, validated.Model.Name, validated.Data.Name).ShouldBe(
            (2, 7, 9, "mine", "mine")
        );
    }

    [Theory]
    [InlineData("epohs = 3", "unknown key actortrain.job.epohs (the program's options, line 1); did you mean epochs?")]
    [InlineData(
        "epochs = 3\nbatch-size = none",
        "actortrain.job.batch-size is none (the program's options, line 2); "
            + "it must be a whole number from 1 to 1000000."
    )]
    public async Task Wrong_options_of_a_program_are_named_with_their_line(string options, string sentence)
    {
        var result = await CliResult.RunProgram(CreateProgram(options), "demo");

        (result.ExitCode, result.Error).ShouldBe((2, $"mine: {sentence}{Environment.NewLine}"));
    }

    [Fact]
    public async Task A_program_writes_its_own_name_and_has_no_options_of_the_catalogue()
    {
        (await CliResult.RunProgram(CreateProgram(), "train")).Error.ShouldBe(
            $"mine: train needs --join HOST:PORT, a node of the cluster such as 127.0.0.1:4053.{Environment.NewLine}"
        );
        (await CliResult.RunProgram(CreateProgram(), "train", "--epohs", "3")).Error.ShouldContain(
            "did you mean --epochs?"
        );
        var help = (await CliResult.RunProgram(CreateProgram(), "train", "--help")).Output;
        help.ShouldContain("  mine train job.conf --join");
        help.ShouldNotContain("--model");
    }

    [Fact]
    public async Task An_engine_that_breaks_its_contract_is_reported_to_the_client()
    {
        var program = new NodeProgram((_, _) => new ToyEngines(() => new TooShort()), "mine");

        var result = await CliResult.RunProgram(program, "demo", "--quiet");

        result.ExitCode.ShouldBe(2);
        result
            .Error.TrimEnd()
            .Split(Environment.NewLine)[^1]
            .ShouldEndWith("engine TooShort of model linear: its Parameters is 3 values long, and its layout says 38.");
    }

    [Fact]
    public async Task A_training_sample_that_cannot_be_read_ends_the_job_and_is_reported_to_the_client()
    {
        const string sentence = "data set made-up: training sample 471 cannot be read: FormatException: no number";
        var program = new NodeProgram(
            (_, _) =>
                new ToyEngines(() =>
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

        var result = await CliResult.RunProgram(program, "demo", "--quiet");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain(sentence);
        result.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_test_loss_that_is_not_finite_is_an_event_and_exit_code_1()
    {
        var (result, report) = await RunDemoAsync(evaluation => evaluation with { Loss = double.NaN });

        (result.ExitCode, result.Error).ShouldBe(
            (1, $"mine: The result cannot be trusted. The test loss of epoch 1 is NaN.{Environment.NewLine}")
        );
        report.TestAccuracy.ShouldBeNull();
        report.Events.ShouldContain(raised =>
            raised.Kind == SupervisionEventKinds.EvaluationNotFinite
            && raised.Reason == "the test loss of epoch 1 is NaN"
        );
    }

    [Fact]
    public async Task A_test_sample_that_cannot_be_read_is_reported_with_exit_code_1()
    {
        var (result, report) = await RunDemoAsync(_ =>
            throw new ActorTrainException("data set made-up: test sample 6 cannot be read: FormatException: no number")
        );

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldMatch(
            $@"^mine: The result cannot be trusted\. No node could evaluate epoch [12]: "
                + "data set made-up: test sample 6 cannot be read: FormatException: no number"
                + $@"\.{Environment.NewLine}$"
        );
        report.TestAccuracy.ShouldBeNull();
        report.SamplesApplied.ShouldBe(2 * 640);
    }

    private async Task<(CliResult Result, TrainingReport Report)> RunDemoAsync(
        Func<Evaluation, Evaluation> changeEvaluation
    )
    {
        var report = Path.Combine(_folder.Path, "report.json");
        var program = new NodeProgram(
            (_, _) =>
                new ToyEngines(() =>
                    new FaultyEngine(new LinearEngine(), (_, _, _) => { }) { Evaluated = changeEvaluation }
                ),
            "mine"
        )
        {
            Options = "epochs = 2, batch-size = 16",
        };
        var result = await CliResult.RunProgram(program, "demo", "--quiet", "--report", report);
        return (result, TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report)));
    }

    [Theory, InlineData("the table is gone"), InlineData("the table is gone.")]
    public async Task A_failure_that_ends_a_run_is_one_sentence_with_one_full_stop(string said)
    {
        var program = new NodeProgram(
            (_, _) => new ToyEngines(() => throw new InvalidOperationException(said)),
            "mine"
        );

        var result = await CliResult.RunProgram(program, "demo");

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldMatch(
            $@"^mine: The job failed: no worker can take part; 127\.0\.0\.1:\d+: "
                + $@"InvalidOperationException: the table is gone\.{Environment.NewLine}$"
        );
    }

    private static NodeProgram CreateProgram(string options = "") =>
        new((_, _) => ToyEngines.Linear(), "mine") { Options = options };

    private sealed class TooShort : IGradientEngine
    {
        private readonly LinearEngine _inner = new();

        public ModelDescription Model => _inner.Model;

        public DatasetDescription Dataset => _inner.Dataset;

        public DeviceDescription Device => _inner.Device;

        public Memory<float> Parameters { get; } = new float[3];

        public Memory<float> Buffers => _inner.Buffers;

        public void Initialize(long seed) => _inner.Initialize(seed);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) =>
            _inner.ComputeGradient(samples, seed, gradient);

        public Evaluation Evaluate(CancellationToken cancellation) => _inner.Evaluate(cancellation);

        public void Dispose() => _inner.Dispose();
    }
}
