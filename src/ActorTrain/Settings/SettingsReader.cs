using System.Globalization;
using ActorTrain.Sentences;
using Akka.Configuration;

namespace ActorTrain.Settings;

/// <summary>
/// Reads settings as typed values; an error says in one sentence what is wrong with a value. All configuration is read
/// here.
/// </summary>
internal sealed class SettingsReader
{
    private readonly Dictionary<string, Setting> _settings = new(StringComparer.Ordinal);

    private SettingsReader(IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
            _settings.TryAdd(setting.Key, setting);
    }

    /// <summary>
    /// Reads overrides, a configuration and reference.conf; earlier ones take precedence. Keys are checked.
    /// </summary>
    /// <exception cref="ActorTrainException">A key does not exist.</exception>
    public static SettingsReader From(Config config, IEnumerable<SettingOverride>? overrides = null)
    {
        KnownKeys.Reference.Check(config);
        var first = (overrides ?? []).Reverse().Select(given => new Setting(given.Key, given.Value, given.Source));
        return new SettingsReader([
            .. first,
            .. Setting.AllOf(config, "configuration"),
            .. ReferenceConfiguration.Settings,
        ]);
    }

    /// <summary>
    /// Reads the configuration of an actor system, then reference.conf. Other keys of the system are not checked.
    /// </summary>
    public static SettingsReader OfSystem(Config config) =>
        new([.. Setting.AllOf(config, "configuration"), .. ReferenceConfiguration.Settings]);

    /// <summary>Reads settings; of several with the same key the first. Keys are not checked.</summary>
    public static SettingsReader OfSettings(IEnumerable<Setting> settings) => new(settings);

    public string Text(string key)
    {
        var setting = Given(key);
        return string.IsNullOrWhiteSpace(setting.Value) || setting.Value.Any(char.IsControl)
            ? throw Wrong(setting, "text on one line")
            : setting.Value;
    }

    /// <summary>A text; null where it is empty.</summary>
    public string? TextOrNone(string key) => string.IsNullOrWhiteSpace(Given(key).Value) ? null : Text(key);

    /// <summary>A list of allowed items, at least one; duplicates count once.</summary>
    public IReadOnlyList<string> Items(string key, params IReadOnlyList<string> allowed)
    {
        var setting = Given(key);
        var items = (setting.Value ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .ToList();
        return items.Count > 0 && items.All(allowed.Contains)
            ? items
            : throw Wrong(setting, "one or more of " + string.Join(", ", allowed));
    }

    /// <summary>The elements of a list, none of which has a comma.</summary>
    public IReadOnlyList<string> Elements(string key) =>
        (Given(key).Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool Bool(string key) => Switch(Given(key).Value) ?? throw Wrong(Given(key), "on or off");

    public int Int(string key, int least = int.MinValue, int most = int.MaxValue) => (int)Long(key, least, most);

    public long Long(string key, long least = long.MinValue, long most = long.MaxValue)
    {
        var setting = Given(key);
        if (!IsWhole(setting.Value))
            throw Wrong(setting, WholeNumber(least, most));
        // A number that does not fit a long is beyond the bound on its side.
        if (!long.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            throw Wrong(setting, setting.Value!.StartsWith('-') ? $"{least} or more" : $"at most {most}");
        return value < least ? throw Wrong(setting, $"{least} or more")
            : value > most ? throw Wrong(setting, $"at most {most}")
            : value;
    }

    /// <summary>A number that the engine uses in single precision.</summary>
    public double Float(string key, Bounds bounds)
    {
        // Checked after the conversion to float, too: 1e-50 becomes 0, and 1e39 infinite.
        var value = Double(key, bounds);
        return bounds.Contain((float)value) ? value : throw Wrong(Given(key), bounds.ToString());
    }

    public double Double(string key, Bounds bounds)
    {
        var setting = Given(key);
        return
            double.TryParse(setting.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && bounds.Contain(value)
            ? value
            : throw Wrong(setting, NumberBounds(setting, bounds));
    }

    public TEnum Choice<TEnum>(string key)
        where TEnum : struct, Enum
    {
        var setting = Given(key);
        var names = Choices.NamesOf<TEnum>();
        return Choices.Parse<TEnum>(setting.Value ?? "")
            ?? throw Wrong(setting, names.Count == 1 ? names[0] : "one of " + string.Join(", ", names));
    }

    public TimeSpan Duration(string key, TimeSpan least, TimeSpan? most = null)
    {
        var setting = Given(key);
        if (Quantity.Duration(setting.Value ?? "") is not { } value)
            throw Wrong(setting, "a duration such as 10s, 500ms or 2m");
        if (value >= least && value <= (most ?? TimeSpan.MaxValue))
            return value;
        throw Wrong(
            setting,
            most is null ? $"{Written(least)} or more" : $"from {Written(least)} to {Written(most.Value)}"
        );
    }

    public long Size(string key, long least, long most = long.MaxValue)
    {
        var setting = Given(key);
        if (Quantity.Bytes(setting.Value ?? "") is not { } value)
            throw Wrong(setting, "a size such as 64 MiB or 128 KiB");
        if (value >= least && value <= most)
            return value;
        throw Wrong(
            setting,
            most == long.MaxValue
                ? $"{Plural.Format(least, "byte")} or more"
                : $"from {Plural.Number(least)} to {Plural.Format(most, "byte")}"
        );
    }

    /// <summary>
    /// All settings below a key except <c>name</c>, with relative keys, to be read by the engine. Switches become on or
    /// off.
    /// </summary>
    public IReadOnlyDictionary<string, string> Section(string key)
    {
        var prefix = key + ".";
        var inside = _settings.Values.Where(setting =>
            setting.Key.StartsWith(prefix, StringComparison.Ordinal) && setting.Key != prefix + "name"
        );
        return inside.ToDictionary(
            setting => setting.Key[prefix.Length..],
            setting =>
                Switch(setting.Value) is { } isOn
                    ? (isOn ? "on" : "off")
                    : setting.Value ?? throw Wrong(setting, "a value"),
            StringComparer.Ordinal
        );
    }

    /// <summary>All settings of a section that takes any key, with relative keys, as they were written.</summary>
    public IReadOnlyDictionary<string, string> OpenSection(string key)
    {
        var prefix = key + ".";
        return _settings
            .Values.Where(setting => setting.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(
                setting => setting.Key[prefix.Length..],
                setting => setting.Value ?? throw Wrong(setting, "a value"),
                StringComparer.Ordinal
            );
    }

    /// <summary>The error about a setting; <paramref name="right"/> completes "it must be …".</summary>
    public ActorTrainException Wrong(string key, string right) => Wrong(Given(key), right);

    /// <summary>The error about an element of a list.</summary>
    public ActorTrainException WrongElement(string key, string element, string right) =>
        new($"{key} has '{Shown(element)}' ({Given(key).Source}); it must be {right}.");

    private static ActorTrainException Wrong(Setting setting, string right) =>
        new($"{setting.Key} is {Shown(setting.Value)} ({setting.Source}); it must be {right}.");

    private Setting Given(string key) =>
        _settings.TryGetValue(key, out var setting)
            ? setting
            : throw new InvalidOperationException($"{key} is not in reference.conf");

    private static bool? Switch(string? value) =>
        value?.ToLowerInvariant() switch
        {
            "on" or "true" or "yes" => true,
            "off" or "false" or "no" => false,
            _ => null,
        };

    private static bool IsWhole(string? text) =>
        text is { Length: > 0 }
        && text[(text[0] is '+' or '-' ? 1 : 0)..] is { Length: > 0 } digits
        && digits.All(char.IsAsciiDigit);

    private static string WholeNumber(long least, long most) =>
        least is int.MinValue or long.MinValue ? "a whole number"
        : most is int.MaxValue or long.MaxValue ? $"a whole number, {least} or more"
        : $"a whole number from {least} to {most}";

    private static string NumberBounds(Setting setting, Bounds bounds) =>
        double.TryParse(setting.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || bounds == Bounds.Any
            ? bounds.ToString()
            : $"a number, {bounds}";

    private static string Shown(string? value) =>
        string.IsNullOrWhiteSpace(value) ? "empty" : value.ReplaceLineEndings(" ");

    private static string Written(TimeSpan duration) =>
        duration.TotalSeconds == Math.Floor(duration.TotalSeconds)
            ? $"{duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}s"
            : $"{duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)}ms";
}
