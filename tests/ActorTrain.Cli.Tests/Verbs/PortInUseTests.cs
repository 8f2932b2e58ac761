using System.Globalization;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Two processes that want the same port.</summary>
public sealed class PortInUseTests
{
    private readonly int _port = FreePort.Take();

    private string InUse =>
        $"actortrain: Port {_port} on 127.0.0.1 is in use; choose another with --port, or 0 for any that is free.";

    [Fact]
    public async Task Of_two_seeds_that_start_in_the_same_moment_one_lives_at_most_and_the_other_says_why_not()
    {
        await using var first = Seed();
        await using var second = Seed();

        var refused = await Task.WhenAny(Refused(first), Refused(second));

        (await refused).ShouldBe((2, InUse));
    }

    [Fact]
    public async Task A_seed_is_refused_where_one_runs_and_takes_the_port_at_once_when_that_was_killed()
    {
        await using var worker = CommandProcess.Start("worker", "--join", $"127.0.0.1:{_port}");
        await using var first = Seed();
        await first.LineWith("ready");
        // The connection is what the port is kept for by the system, for a minute after its end.
        await worker.LineWith("joined the cluster");
        await using var second = Seed();
        (await Refused(second)).ShouldBe((2, InUse));

        first.Kill();
        await first.ExitCode();

        await using var third = Seed();
        await third.LineWith("ready");
    }

    private CommandProcess Seed() =>
        CommandProcess.Start("seed", "--port", _port.ToString(CultureInfo.InvariantCulture));

    private static async Task<(int ExitCode, string Errors)> Refused(CommandProcess seed) =>
        (await seed.ExitCode(), seed.Errors);
}
