using ActorTrain.Hosting;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Tests.Hosting;

public class NodeSettingsReaderTests
{
    [Fact]
    public void A_seed_and_a_worker_have_different_defaults()
    {
        var (seed, worker) = (NodeSettingsReader.Seed(Config.Empty), NodeSettingsReader.Worker(Config.Empty));

        (seed.Host, seed.Port).ShouldBe(("127.0.0.1", 4053));
        seed.Roles.ShouldBe(["coordinator", "server"]);
        (worker.Host, worker.Port).ShouldBe(("127.0.0.1", 0));
        worker.Roles.ShouldBe(["coordinator", "standby", "worker"]);
        NodeSettingsReader.Engine(Config.Empty).ShouldBe(new EngineSettings("auto", 0, null, 1));
    }

    [Theory]
    [InlineData("port", "65536", "actortrain.seed.port is 65536 (--port); it must be at most 65535.")]
    [InlineData("port", "-1", "actortrain.seed.port is -1 (--port); it must be 0 or more.")]
    [InlineData(
        "host",
        "a b",
        "actortrain.seed.host is a b (--host); it must be a name or address of this machine that other nodes can reach."
    )]
    [InlineData(
        "host",
        "0.0.0.0",
        "actortrain.seed.host is 0.0.0.0 (--host); it must be a name or address of this machine that other nodes can "
            + "reach."
    )]
    [InlineData(
        "roles",
        "server,cook",
        "actortrain.seed.roles is server,cook (--roles); it must be one or more of coordinator, server, standby, "
            + "worker."
    )]
    [InlineData(
        "roles",
        ",",
        "actortrain.seed.roles is , (--roles); it must be one or more of coordinator, server, standby, worker."
    )]
    public void A_wrong_setting_of_a_node_is_named(string key, string value, string sentence) =>
        Should
            .Throw<ActorTrainException>(() =>
                NodeSettingsReader.Seed(Config.Empty, new SettingOverride("actortrain.seed." + key, value, "--" + key))
            )
            .Message.ShouldBe(sentence);

    [Theory]
    [InlineData("port", "0")]
    [InlineData("port", "65535")]
    [InlineData("roles", "server, worker,server")]
    [InlineData("host", "::1")]
    [InlineData("host", "node-1.lan")]
    public void A_setting_of_a_node_within_its_bounds_is_accepted(string key, string value) =>
        Should.NotThrow(() =>
            NodeSettingsReader.Seed(Config.Empty, new SettingOverride("actortrain.seed." + key, value, "--" + key))
        );

    [Fact]
    public void A_missing_data_folder_is_named() =>
        Should
            .Throw<ActorTrainException>(() =>
                NodeSettingsReader.Engine(
                    Config.Empty,
                    new SettingOverride("actortrain.worker.data", "no-such-folder", "--data")
                )
            )
            .Message.ShouldBe(
                "actortrain.worker.data is no-such-folder (--data); it must be a folder that exists, with the data "
                    + "set's files."
            );
}
