using ActorTrain.CommandLine;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Unhandled exceptions in a process of the command.</summary>
public sealed class LastResortProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogFile => Path.Combine(_folder.Path, "seed.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_unhandled_exception_of_a_thread_is_one_line_and_an_exit_code_and_its_trace_is_in_the_log()
    {
        await using var seed = Seed("--log", LogFile);
        await seed.LineWith("ready");

        seed.Type(StartupHook.Throw);

        (await seed.ExitCode()).ShouldBe(ExitCodes.Failed, seed.Everything);
        seed.Errors.ShouldBe("actortrain: seed failed: the licence has expired (--debug shows the trace)");
        (await File.ReadAllTextAsync(LogFile)).ShouldContain("   at StartupHook.ReadOrders");
    }

    [Fact]
    public async Task A_verbose_command_shows_the_trace_of_an_unhandled_exception()
    {
        await using var seed = Seed("--verbose");
        await seed.LineWith("ready");

        seed.Type(StartupHook.Throw);

        (await seed.ExitCode()).ShouldBe(ExitCodes.Failed, seed.Everything);
        seed.Errors.ShouldContain("   at StartupHook.ReadOrders");
    }

    [Fact]
    public async Task A_failed_unobserved_task_is_reported_and_the_node_goes_on()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await seed.LineWith("ready");

        seed.Type(StartupHook.Forget);

        await seed.ErrorWith("an unobserved task failed: InvalidOperationException: not awaited");
        seed.Terminate();
        (await seed.ExitCode()).ShouldBe(ExitCodes.Finished, seed.Everything);
    }

    private static CommandProcess Seed(params string[] options)
    {
        var hook = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(LastResortProcessTests).Assembly.Location,
        };
        return CommandProcess.StartWith(hook, ["seed", "--port", "0", .. options]);
    }
}
