using System.CommandLine;
using ActorTrain.Hosting;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Options;

/// <summary>The node of a verb: an optional node configuration, and options that override it.</summary>
internal sealed class NodeSource
{
    private readonly Option<string?> _config = OptionText.Create(
        "--config",
        "FILE.conf",
        "A node configuration; see hocon."
    );
    private readonly Option<string?> _host = OptionText.Create(
        "--host",
        "HOST",
        "Address that the node listens on and that others reach it by."
    );
    private readonly Option<string?> _port = OptionText.Create(
        "--port",
        "PORT",
        "TCP port; 0 lets the system choose one."
    );
    private readonly Option<string[]> _roles = new("--role")
    {
        HelpName = "ROLE",
        Description = "What the node hosts: coordinator, server, standby, worker; repeat it, or separate by commas.",
        AllowMultipleArgumentsPerToken = true,
    };

    public NodeSource(Command command)
    {
        command.Add(_host);
        command.Add(_port);
        command.Add(_roles);
        command.Add(_config);
    }

    /// <summary>The node configuration.</summary>
    public Config Configuration(ParseResult parsed) =>
        parsed.GetValue(_config) is { } path ? ConfigurationFile.Read(path) : Config.Empty;

    public NodeSettings Seed(ParseResult parsed, Config config) =>
        NodeSettingsReader.Seed(config, Overrides(parsed, "actortrain.seed"));

    public NodeSettings Worker(ParseResult parsed, Config config) =>
        NodeSettingsReader.Worker(config, Overrides(parsed, "actortrain.worker"));

    private IEnumerable<SettingOverride> Overrides(ParseResult parsed, string section)
    {
        var roles = parsed.GetValue(_roles) ?? [];
        return
        [
            .. parsed.Override(_host, section + ".host"),
            .. parsed.Override(_port, section + ".port"),
            .. roles.Length > 0
                ? [new SettingOverride(section + ".roles", string.Join(',', roles), _roles.Name)]
                : Array.Empty<SettingOverride>(),
        ];
    }
}
