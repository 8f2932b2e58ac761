using Akka.Configuration;

namespace ActorTrain.Settings;

/// <summary>
/// The keys that exist: those of reference.conf, anything in a section that is open there, and anything under
/// <c>akka</c>.
/// </summary>
internal sealed class KnownKeys
{
    private readonly HashSet<string> _values;
    private readonly HashSet<string> _sections = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open;
    private readonly Lazy<Dictionary<string, string>> _byBareName;

    /// <param name="values">The keys of all values.</param>
    /// <param name="open">The keys of sections that take any key.</param>
    public KnownKeys(IEnumerable<string> values, IEnumerable<string>? open = null)
    {
        _values = new HashSet<string>(values, StringComparer.Ordinal);
        _open = new HashSet<string>(open ?? [], StringComparer.Ordinal);
        foreach (var key in _values.Concat(_open.Select(open => open + ".")))
            for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
                _sections.Add(key[..dot]);
        _byBareName = new(() =>
            _values.Concat(_sections).ToDictionary(key => Bare(key), StringComparer.OrdinalIgnoreCase)
        );
    }

    /// <summary>The keys of the embedded reference.conf.</summary>
    public static KnownKeys Reference { get; } =
        new(
            // An empty section has no value.
            ReferenceConfiguration.Settings.Where(setting => setting.Value is not null).Select(setting => setting.Key),
            ReferenceConfiguration.Settings.Where(setting => setting.Value is null).Select(setting => setting.Key)
        );

    /// <summary>The key or section of a name in which large letters and dashes make no difference, as in the names of
    /// properties; null where there is none.</summary>
    public string? Find(string name) => _byBareName.Value.GetValueOrDefault(Bare(name));

    /// <summary>A name without its dashes.</summary>
    public static string Bare(string name) => name.Replace("-", "", StringComparison.Ordinal);

    /// <summary>
    /// Refuses a configuration with a key that does not exist, or with a value where a section belongs.
    /// </summary>
    public void Check(Config config)
    {
        foreach (var setting in Setting.AllOf(config, "configuration"))
            Check(setting, key => config is LocatedConfig located ? located.SourceOf(key) : setting.Source);
    }

    /// <summary>
    /// Refuses an unknown key below <c>actortrain</c>, in the configuration of an actor system that has its own keys,
    /// too.
    /// </summary>
    public void CheckSystem(Config config)
    {
        foreach (
            var setting in Setting
                .AllOf(config, "configuration")
                .Where(setting => setting.Key.StartsWith("actortrain.", StringComparison.Ordinal))
        )
            Check(setting, _ => setting.Source);
    }

    /// <summary>Refuses an override with a key that does not exist.</summary>
    public void Check(SettingOverride change) =>
        Check(new Setting(change.Key, change.Value, change.Source), _ => change.Source);

    private void Check(Setting setting, Func<string, string> sourceOf)
    {
        if (
            setting.Key == "akka"
            || setting.Key.StartsWith("akka.", StringComparison.Ordinal)
            || _values.Contains(setting.Key)
            || _open.Any(section => setting.Key.StartsWith(section + ".", StringComparison.Ordinal))
        )
            return;
        if (_sections.Contains(setting.Key))
        {
            if (setting.Value is null)
                return; // an empty section
            if (_open.Contains(setting.Key))
                throw Error(
                    $"{setting.Key} is {setting.Value} ({setting.Source}); it must be a section, with settings of "
                        + "one's own."
                );
            var child = _values
                .Where(key => key.StartsWith(setting.Key + ".", StringComparison.Ordinal))
                .OrderBy(key => !key.EndsWith(".name", StringComparison.Ordinal))
                .First();
            throw Error(
                $"{setting.Key} is {setting.Value} ({setting.Source}); it must be a section, with keys such as {child}."
            );
        }
        var unknown = FirstUnknown(setting.Key);
        throw Error($"unknown key {unknown} ({sourceOf(unknown)}); {Suggestion(unknown)}");
    }

    // A quoted key or value may hold line breaks; an error is one line.
    private static ActorTrainException Error(string message) => new(message.ReplaceLineEndings(" "));

    /// <summary>
    /// The shortest unknown beginning of a key, so that an error names a misspelt section and not a key inside it.
    /// </summary>
    private string FirstUnknown(string key)
    {
        for (var dot = key.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = key.IndexOf('.', dot + 1))
            if (!_sections.Contains(key[..dot]) && !_values.Contains(key[..dot]))
                return key[..dot];
        return key;
    }

    private string Suggestion(string unknown)
    {
        var (parent, name) = Split(unknown);
        var siblings = _values
            .Concat(_sections)
            .Where(key => Split(key).Parent == parent)
            .Select(key => Split(key).Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (RenamedKeys.NewNameOf(unknown) is { } now)
            return $"it is called {now} now.";
        if (_values.Contains(parent))
            return $"{parent} is a value and holds no keys.";
        if (Spelling.Nearest(name, siblings) is { } sibling)
            return $"did you mean {sibling}?";
        var elsewhere = _values
            .Concat(_sections)
            .Where(key => Split(key).Name == name || key.EndsWith("." + unknown, StringComparison.Ordinal))
            .OrderBy(key => key.Length)
            .FirstOrDefault();
        if (elsewhere is not null)
            return $"did you mean {elsewhere}?";
        return parent.Length == 0
            ? "the settings stand under actortrain."
            : $"{parent} has the keys {string.Join(", ", siblings)}.";
    }

    private static (string Parent, string Name) Split(string key) =>
        key.LastIndexOf('.') is var dot and > 0 ? (key[..dot], key[(dot + 1)..]) : ("", key);
}
