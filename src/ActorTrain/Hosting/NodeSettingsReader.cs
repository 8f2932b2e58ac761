using System.Net;
using ActorTrain.Coordinator;
using ActorTrain.Files;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>Reads a node's settings: sections <c>actortrain.seed</c> and <c>actortrain.worker</c>.</summary>
internal static class NodeSettingsReader
{
    private const string WorkerSection = "actortrain.worker";

    /// <summary>Reads the node that <c>actortrain seed</c> starts.</summary>
    /// <exception cref="ActorTrainException">A key does not exist, or a value is invalid.</exception>
    public static NodeSettings Seed(Config config, params IEnumerable<SettingOverride> overrides) =>
        Node(SettingsReader.From(config, overrides), "actortrain.seed");

    /// <summary>Reads the node that <c>actortrain worker</c> starts.</summary>
    /// <exception cref="ActorTrainException">A key does not exist, or a value is invalid.</exception>
    public static NodeSettings Worker(Config config, params IEnumerable<SettingOverride> overrides) =>
        Node(SettingsReader.From(config, overrides), WorkerSection);

    /// <summary>Reads an engine's settings.</summary>
    /// <exception cref="ActorTrainException">A key does not exist, a value is invalid, or the data folder does not
    /// exist.</exception>
    public static EngineSettings Engine(Config config, params IEnumerable<SettingOverride> overrides)
    {
        var settings = SettingsReader.From(config, overrides);
        const string folderKey = WorkerSection + ".data";
        var folder = settings.TextOrNone(folderKey);
        if (folder is not null && !Directory.Exists(folder))
            throw settings.Wrong(folderKey, "a folder that exists, with the data set's files");
        return new EngineSettings(
            settings.Text(WorkerSection + ".device"),
            settings.Int(WorkerSection + ".threads", 0, 1024),
            folder,
            settings.Double(WorkerSection + ".throttle", Bounds.AboveUpTo(0, 1))
        );
    }

    private static NodeSettings Node(SettingsReader settings, string section)
    {
        return new NodeSettings(
            settings.Items(section + ".roles", NodeRoles.All),
            HostOf(settings, section + ".host"),
            settings.Int(section + ".port", 0, IPEndPoint.MaxPort),
            CoordinatorOptions.StateFolderOf(settings)
        );
    }

    /// <summary>Where a node keeps what it must find again; null where the system has no place for it.</summary>
    public static string? StateFolder(Config config) =>
        CoordinatorOptions.StateFolderOf(SettingsReader.OfSystem(config));

    /// <summary>An address that a node listens on.</summary>
    public static string HostOf(SettingsReader settings, string key)
    {
        var host = settings.Text(key);
        // Other nodes connect to this address, and cannot connect to "any".
        if (
            Uri.CheckHostName(host) == UriHostNameType.Unknown
            || (IPAddress.TryParse(host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        )
            throw settings.Wrong(key, "a name or address of this machine that other nodes can reach");
        return host;
    }
}
