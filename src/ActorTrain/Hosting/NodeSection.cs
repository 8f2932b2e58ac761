using ActorTrain.Settings;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorTrain.Hosting;

/// <summary>
/// A node in a section of .NET configuration, such as <c>ActorTrain</c> of appsettings.json: properties of its options,
/// and settings below <c>actortrain</c>.
/// </summary>
internal sealed class NodeSection
{
    private const string Prefix = "actortrain.";
    private readonly HashSet<string> _given = [];
    private readonly List<SettingOverride> _settings = [];

    /// <param name="section">The section.</param>
    /// <param name="properties">The properties that it may set, such as <c>Roles</c>.</param>
    /// <exception cref="ActorTrainException">A key does not exist.</exception>
    public NodeSection(IConfiguration section, params IReadOnlyList<string> properties)
    {
        var given = new List<Setting>();
        foreach (var setting in DotNetSection.Read(section, Prefix[..^1]))
        {
            var name = KnownKeys.Bare(setting.Key[Prefix.Length..]);
            if (properties.FirstOrDefault(one => one.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } property)
                given.Add(new Setting(property, setting.Value, setting.Source));
            else
                _settings.Add(setting);
        }
        _settings.ForEach(KnownKeys.Reference.Check);
        _given.UnionWith(given.Select(setting => setting.Key));
        Properties = SettingsReader.OfSettings(given);
    }

    /// <summary>The properties that are given.</summary>
    public SettingsReader Properties { get; }

    /// <summary>The settings. A job may stand beside its node.</summary>
    public Config Settings =>
        ConfigurationFactory.ParseString(
            string.Join(
                '\n',
                _settings
                    .Where(setting => !setting.Key.StartsWith(Prefix + "job.", StringComparison.Ordinal))
                    .Select(setting => $"{setting.Key} = {ConfigurationFile.Quoted(setting.Value)}")
            )
        );

    /// <summary>A property as it is read, or another value where it is not given.</summary>
    public T Read<T>(string property, T otherwise, Func<SettingsReader, string, T> read) =>
        _given.Contains(property) ? read(Properties, property) : otherwise;
}
