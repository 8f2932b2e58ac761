using System.Globalization;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Two processes that listen on the same port.</summary>
public sealed class PortInUseTests
{
    private readonly int _port = FreePort.Reserve();

    private string InUse =>
        $"actortrain: Port {_port} on 127.0.0.1 is in use; choose another with --port, or 0 for any that is free.";

    [Fact]
    public async Task Of_two_seeds_that_start_at_the_same_time_at_least_one_is_refused_with_the_reason()
    {
        await using var first = Seed();
        await using var second = Seed();

        var refused = await Task.WhenAny(RefusalOf(first), RefusalOf(second));

        (await refused).ShouldBe((2, InUse));
    }

    [Fact]
    public async Task A_seed_is_refused_while_another_runs_and_starts_at_once_after_that_was_killed()
    {
        await using var worker = CommandProcess.Start("worker", "--join", $"127.0.0.1:{_port}");
        await using var first = Seed();
        await first.LineWith("ready");
        // After its end, the system keeps the port of this connection for a minute.
        await worker.LineWith("joined the cluster");
        await using var second = Seed();
        (await RefusalOf(second)).ShouldBe((2, InUse));

        first.Kill();
        await first.ExitCode();

        await using var third = Seed();
        // The worker may live on as a cluster, which it joins.
        await third.LineWith("workers join with");
    }

    private CommandProcess Seed() =>
        CommandProcess.Start("seed", "--port", _port.ToString(CultureInfo.InvariantCulture));

    private static async Task<(int ExitCode, string Errors)> RefusalOf(CommandProcess seed) =>
        (await seed.ExitCode(), seed.Errors);
}
