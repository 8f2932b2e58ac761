using ActorTrain.Hosting;

namespace ActorTrain.Tests.Hosting;

public sealed class OpenPortTests
{
    [Theory, InlineData("127.0.0.1"), InlineData("127.1.2.3"), InlineData("::1"), InlineData("localhost")]
    public void A_node_that_only_this_machine_reaches_warns_of_nothing(string host)
    {
        OpenPort.WarningOf(new HostPort(host, 4053)).ShouldBeNull();
        OpenPort.WarningsOf(new HostPort(host, 4053), buildsAnyType: true, sharesPort: false).ShouldBeEmpty();
    }

    [Theory, InlineData("10.0.0.5"), InlineData("node-1")]
    public void A_node_that_others_reach_says_what_they_can_do(string host) =>
        OpenPort
            .WarningOf(new HostPort(host, 4053))
            .ShouldBe(
                $"This node listens on {host}:4053 without authentication: whoever reaches the port can submit jobs "
                    + "and read models; keep it in a private network"
            );

    [Fact]
    public void A_system_that_is_not_ours_is_warned_of_each_thing_once()
    {
        OpenPort.WarningsOf(new HostPort("10.0.0.5", 1), buildsAnyType: true, sharesPort: true).Count().ShouldBe(2);
        OpenPort.WarningsOf(new HostPort("10.0.0.5", 1), buildsAnyType: false, sharesPort: false).ShouldBeEmpty();
    }
}
