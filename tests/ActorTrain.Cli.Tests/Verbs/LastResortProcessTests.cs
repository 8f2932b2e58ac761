using ActorTrain.CommandLine;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>What nobody caught, in a process of the command.</summary>
public sealed class LastResortProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogFile => Path.Combine(_folder.Path, "seed.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_exception_on_a_thread_of_its_own_is_one_line_and_an_exit_code_and_its_trace_is_in_the_log()
    {
        await using var seed = Seed("--log", LogFile);
        await seed.LineWith("ready");

        seed.Type(StartupHook.Throw);

        (await seed.ExitCode()).ShouldBe(ExitCodes.Failed, seed.Everything);
        seed.Errors.ShouldBe("actortrain: seed failed: the licence has expired (--debug shows the trace)");
        (await File.ReadAllTextAsync(LogFile)).ShouldContain("   at StartupHook.Obey");
    }

    [Fact]
    public async Task Its_trace_is_shown_to_who_asks()
    {
        await using var seed = Seed("--verbose");
        await seed.LineWith("ready");

        seed.Type(StartupHook.Throw);

        (await seed.ExitCode()).ShouldBe(ExitCodes.Failed, seed.Everything);
        seed.Errors.ShouldContain("   at StartupHook.Obey");
    }

    [Fact]
    public async Task A_task_that_nobody_waited_for_is_told_when_it_has_failed_and_the_node_goes_on()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await seed.LineWith("ready");

        seed.Type(StartupHook.Forget);

        await seed.ErrorWith("a task that nobody waited for failed: InvalidOperationException: nobody looked");
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
