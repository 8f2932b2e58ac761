using System.Text.RegularExpressions;
using ActorTrain.CommandLine;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>The log of real processes: what is in its file, and what is not on the console for it.</summary>
public sealed partial class LogProcessTests : IDisposable
{
    private static readonly string[] Short = [.. SmallJob.Options, "--epochs", "1"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_file_has_every_node_and_every_process_and_the_console_is_as_without_it()
    {
        var file = In("run.log");
        await using var local = CommandProcess.Start(["local", "--workers", "2", .. Short, "--log", file]);

        (await local.ExitCode()).ShouldBe(ExitCodes.Finished, local.Everything);

        local.Errors.ShouldBeEmpty();
        local.Everything.ShouldContain("training: done after");
        foreach (var log in new[] { file, In("run.worker-1.log"), In("run.worker-2.log") })
            File.ReadLines(log).ShouldAllBe(line => Entry().IsMatch(line) || line.StartsWith("  "));
        // Each node says so once, and none over the other's.
        File.ReadLines(file).Count(line => line.Contains("has enrolled", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task A_verbose_run_shows_the_log_on_the_error_stream_and_its_results_on_the_output()
    {
        await using var demo = CommandProcess.Start(["demo", .. Short, "--quiet", "--verbose"]);

        (await demo.ExitCode()).ShouldBe(ExitCodes.Finished, demo.Everything);

        demo.Output.ShouldMatch(@"^demo: done after [^\n]*$");
        demo.Errors.Split('\n').ShouldAllBe(line => Entry().IsMatch(line) || line.StartsWith("  "));
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (INFO|WARNING|ERROR) \S")]
    private static partial Regex Entry();
}
