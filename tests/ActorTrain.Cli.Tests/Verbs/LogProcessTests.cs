using System.Text.RegularExpressions;
using ActorTrain.CommandLine;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>The log of real processes: what its file has, and what the console does not show because of it.</summary>
public sealed partial class LogProcessTests : IDisposable
{
    private static readonly string[] Short = [.. SmallJob.Options, "--epochs", "1"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_node_and_process_is_logged_to_a_file_and_the_console_is_unchanged()
    {
        var file = In("run.log");
        await using var local = CommandProcess.Start(["local", "--workers", "2", .. Short, "--log", file]);

        (await local.ExitCode()).ShouldBe(ExitCodes.Finished, local.Everything);

        local.Errors.ShouldBeEmpty();
        local.Everything.ShouldContain("training: done after");
        foreach (var log in new[] { file, In("run.worker-1.log"), In("run.worker-2.log") })
            File.ReadLines(log).ShouldAllBe(line => Entry().IsMatch(line) || line.StartsWith("  "));
        // Each node logs it once, and no entry overwrites another.
        File.ReadLines(file).Count(line => line.Contains("has enrolled", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task A_verbose_command_writes_the_log_to_the_error_stream_and_results_to_the_output()
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
