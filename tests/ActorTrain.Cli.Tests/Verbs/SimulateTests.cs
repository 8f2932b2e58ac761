using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary><c>actortrain simulate</c>: what a person gets of a script.</summary>
public sealed class SimulateTests : IDisposable
{
    private const string Script = """
        actortrain.simulation {
          nodes.worker { count = 3, speed = 1000 }
          script = ["00:10 kill worker-3", "00:20 join 8 at 500"]
        }
        actortrain.job { name = rehearsal, epochs = 6, batch = 50 }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_timeline_is_a_table_with_what_was_done_and_what_the_cluster_said()
    {
        var ran = await Simulate(Script);
        ran.ExitCode.ShouldBe(0, ran.Error);
        ran.Output.ShouldContain("▸ kill worker-3");
        ran.Output.ShouldContain("worker-lost worker-3: ");
        ran.Output.ShouldContain("worker-joined worker-4, worker-5, … worker-11 (8)");
        ran.Output.ShouldContain("samples applied 60,000 = expected 60,000");
    }

    [Fact]
    public async Task The_same_script_gives_the_same_words()
    {
        var first = await Simulate(Script);
        (await Simulate(Script)).Output.ShouldBe(first.Output);
    }

    [Fact]
    public async Task Report_and_plot_are_files()
    {
        var (report, plot) = (InFolder("report.json"), InFolder("plot.html"));
        var ran = await Simulate(Script, "--report", report, "--plot", plot, "--quiet");

        ran.Output.ShouldStartWith("rehearsal: done after ");
        ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
        TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report)).SamplesApplied.ShouldBe(60_000);
        var page = await File.ReadAllTextAsync(plot);
        page.Split("<svg").Length.ShouldBe(4);
        // In each of the three, and in the table.
        page.Split("kill worker-3").Length.ShouldBe(5);
        page.ShouldContain("worker-11");
    }

    [Fact]
    public async Task Options_of_the_job_come_before_the_script() =>
        (await Simulate(Script, "--epochs", "2", "--quiet", "--report", InFolder("r.json"))).ExitCode.ShouldBe(0);

    [Fact]
    public async Task A_job_that_fails_is_shown_up_to_its_end_and_says_why()
    {
        var ran = await Simulate(Script.Replace("kill worker-3", "kill seed", StringComparison.Ordinal));
        ran.ExitCode.ShouldBe(1);
        ran.Output.ShouldContain("▸ kill seed");
        ran.Error.ShouldStartWith("actortrain: ");
        ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_job_can_compute_with_its_own_model()
    {
        const string model =
            "actortrain.simulation { engine = model, nodes.worker { count = 2, speed = 2000 } }\n"
            + "actortrain.job { model.name = mlp, model.mlp.hidden = [16], data.source = built-in, epochs = 3, batch "
            + "= 100, optimizer.learning-rate = 0.05 }";
        var report = InFolder("report.json");
        (await Simulate(model, "--report", report, "--quiet")).ExitCode.ShouldBe(0);
        TrainingReportJson
            .Deserialize(await File.ReadAllTextAsync(report))
            .TestAccuracy!.Value.ShouldBeGreaterThan(0.5);
    }

    private string InFolder(string name) => Path.Combine(_folder.Path, name);

    private async Task<Ran> Simulate(string text, params string[] options)
    {
        var file = InFolder("script.conf");
        await File.WriteAllTextAsync(file, text);
        return await Ran.Command(["simulate", file, .. options]);
    }
}
