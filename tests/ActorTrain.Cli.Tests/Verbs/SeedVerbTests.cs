using ActorTrain.CommandLine.Verbs;
using ActorTrain.Hosting;

namespace ActorTrain.Cli.Tests.Verbs;

public sealed class SeedVerbTests
{
    [Theory]
    [InlineData("127.0.0.1", "mine worker --join 127.0.0.1:4053")]
    [InlineData("10.0.0.1", "mine worker --join 10.0.0.1:4053 --host ADDRESS, each with its own address")]
    public void The_command_for_workers_names_their_host_where_they_run_on_other_machines(
        string host,
        string command
    ) => SeedVerb.JoinCommand("mine", new HostPort(host, 4053)).ShouldBe(command);
}
