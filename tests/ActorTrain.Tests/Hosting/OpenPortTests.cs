using ActorTrain.Hosting;
using ActorTrain.Tests.Telemetry;

namespace ActorTrain.Tests.Hosting;

public sealed class OpenPortTests
{
    private readonly RecordingLog _log = new();

    [Theory, InlineData("127.0.0.1"), InlineData("127.1.2.3"), InlineData("::1"), InlineData("localhost")]
    public void A_node_on_a_loopback_address_gives_no_warning(string host)
    {
        OpenPort.Warn(_log, new HostPort(host, 4053));
        OpenPort.Warn(_log, new HostPort(host, 4053), buildsAnyType: true, sharesPort: false);
        _log.Entries.ShouldBeEmpty();
    }

    [Theory, InlineData("10.0.0.5"), InlineData("node-1")]
    public void A_node_that_other_machines_reach_warns_of_what_they_can_do(string host)
    {
        OpenPort.Warn(_log, new HostPort(host, 4053));
        $"{_log.Entries.ShouldHaveSingleItem().Message}".ShouldBe(
            $"This node listens on {host}:4053 without authentication: any program that reaches the "
                + "port can submit jobs and read models; keep it in a private network"
        );
    }

    [Fact]
    public void An_embedding_system_gets_one_warning_per_risk()
    {
        OpenPort.Warn(_log, new HostPort("10.0.0.5", 1), buildsAnyType: false, sharesPort: false);
        _log.Entries.ShouldBeEmpty();
        OpenPort.Warn(_log, new HostPort("10.0.0.5", 1), buildsAnyType: true, sharesPort: true);
        _log.Entries.Select(entry => entry.Message.Name).ShouldBe(["AnyTypeAccepted", "PortShared"]);
    }
}
