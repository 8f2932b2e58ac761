using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>The output of <c>actortrain simulate</c>.</summary>
public sealed class SimulateTests : IDisposable
{
    private const string Script = """
        actortrain.simulation {
          nodes.worker { count = 3, speed = 1000 }
          script = ["00:10 kill worker-3", "00:20 join 8 at 500"]
        }
        actortrain.job { name = rehearsal, epochs = 6, batch-size = 50 }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_timeline_is_a_table_of_faults_and_events()
    {
        var result = await Simulate(Script);
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("▸ kill worker-3");
        result.Output.ShouldContain("worker-lost worker-3: ");
        result.Output.ShouldContain("worker-joined worker-4, worker-5, … worker-11 (8)");
        result.Output.ShouldContain("samples applied 60,000 = expected 60,000");
    }

    [Fact]
    public async Task The_same_script_gives_the_same_output()
    {
        var first = await Simulate(Script);
        (await Simulate(Script)).Output.ShouldBe(first.Output);
    }

    [Fact]
    public async Task Report_and_plot_are_written_to_files()
    {
        var (report, plot) = (InFolder("report.json"), InFolder("plot.html"));
        var result = await Simulate(Script, "--report", report, "--plot", plot, "--quiet");

        result.Output.ShouldStartWith("rehearsal: done after ");
        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
        TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report)).SamplesApplied.ShouldBe(60_000);
        var page = await File.ReadAllTextAsync(plot);
        page.Split("<svg").Length.ShouldBe(4);
        // In each of the three plots, and in the table.
        page.Split("kill worker-3").Length.ShouldBe(5);
        page.ShouldContain("worker-11");
    }

    [Fact]
    public async Task Job_options_override_the_script() =>
        (await Simulate(Script, "--epochs", "2", "--quiet", "--report", InFolder("r.json"))).ExitCode.ShouldBe(0);

    [Fact]
    public async Task A_failed_job_is_shown_up_to_its_end_with_the_reason()
    {
        var result = await Simulate(Script.Replace("kill worker-3", "kill seed", StringComparison.Ordinal));
        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("▸ kill seed");
        result.Error.ShouldStartWith("actortrain: ");
        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_simulation_can_train_the_model_of_its_job()
    {
        const string model =
            "actortrain.simulation { engine = model, nodes.worker { count = 2, speed = 2000 } }\n"
            + "actortrain.job { model.name = mlp, model.mlp.hidden = [16], data.source = built-in, epochs = 3, "
            + "batch-size = 100, optimizer.learning-rate = 0.05 }";
        var report = InFolder("report.json");
        (await Simulate(model, "--report", report, "--quiet")).ExitCode.ShouldBe(0);
        TrainingReportJson
            .Deserialize(await File.ReadAllTextAsync(report))
            .TestAccuracy!.Value.ShouldBeGreaterThan(0.5);
    }

    private string InFolder(string name) => Path.Combine(_folder.Path, name);

    private async Task<CliResult> Simulate(string text, params string[] options)
    {
        var file = InFolder("script.conf");
        await File.WriteAllTextAsync(file, text);
        return await CliResult.Run(["simulate", file, .. options]);
    }
}
