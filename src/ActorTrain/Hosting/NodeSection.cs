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
    private readonly Dictionary<string, SettingOverride> _properties = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingOverride> _settings = [];

    /// <param name="section">The section.</param>
    /// <param name="properties">The properties that it may set, such as <c>Roles</c>.</param>
    /// <exception cref="ActorTrainException">A key does not exist.</exception>
    public NodeSection(IConfiguration section, params IReadOnlyCollection<string> properties)
    {
        foreach (var setting in DotNetSection.Read(section, Prefix[..^1]))
        {
            var name = setting.Key[Prefix.Length..];
            if (properties.Contains(name, StringComparer.OrdinalIgnoreCase))
                _properties[name] = setting;
            else
                _settings.Add(setting);
        }
        _settings.ForEach(KnownKeys.Reference.Check);
    }

    /// <summary>The settings.</summary>
    public Config Settings =>
        ConfigurationFactory.ParseString(
            string.Join('\n', _settings.Where(IsNodes).Select(setting => $"{setting.Key} = {Quoted(setting.Value)}"))
        );

    // A job may stand beside its node.
    private static bool IsNodes(SettingOverride setting) =>
        !setting.Key.StartsWith(Prefix + "job.", StringComparison.Ordinal);

    /// <summary>The value of a property; null where it is not set.</summary>
    public string? Text(string property) => _properties.GetValueOrDefault(property)?.Value;

    /// <summary>The elements of a property; null where it is not set.</summary>
    public IReadOnlyList<string>? List(string property) =>
        Text(property)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The error about a property; <paramref name="right"/> completes "it must be …".</summary>
    public ActorTrainException Wrong(string property, string right) =>
        new($"{_properties[property].Source} is {_properties[property].Value}; it must be {right}.");

    private static string Quoted(string value) =>
        "\""
        + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        + "\"";
}
