using ActorTrain.Settings;

namespace ActorTrain.Job;

/// <summary>
/// A model by name, with its settings: section <c>actortrain.job.model</c>. A text is a model with the default
/// settings.
/// </summary>
/// <param name="Name">The model's name, such as <c>mlp</c>.</param>
public sealed record ModelOptions(string Name)
{
    /// <summary>
    /// The rest of the section as flat keys and values, such as <c>mlp.hidden = "1024,1024"</c>; lists are joined by
    /// commas. Settings that are not given have the default of reference.conf. Read by the engine.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get;
        init => field = SectionDefaults.Complete(SectionDefaults.Model, value);
    } = new SettingValues(SectionDefaults.Model);

    /// <summary>The model of a name.</summary>
    public static implicit operator ModelOptions(string name) => new(name);
}

/// <summary>
/// A data set by name, with its settings: section <c>actortrain.job.data</c>. A text is a data set with the default
/// settings.
/// </summary>
/// <param name="Name">The data set's name, such as <c>fashion-mnist</c>.</param>
public sealed record DataOptions(string Name)
{
    /// <summary>
    /// The rest of the section as flat keys and values, such as <c>augmentation.flip = "on"</c>. Settings that are not
    /// given have the default of reference.conf. Read by the engine.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get;
        init => field = SectionDefaults.Complete(SectionDefaults.Data, value);
    } = new SettingValues(SectionDefaults.Data);

    /// <summary>
    /// The fingerprint of the data set to train on: a worker with other data is refused. Empty: the data set that most
    /// workers have.
    /// </summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The data set of a name.</summary>
    public static implicit operator DataOptions(string name) => new(name);
}

/// <summary>The defaults of the sections that an engine reads.</summary>
internal static class SectionDefaults
{
    /// <summary>The defaults of the section <c>model</c>.</summary>
    public static IReadOnlyDictionary<string, string> Model { get; } = Read("model");

    /// <summary>The defaults of the section <c>data</c>.</summary>
    public static IReadOnlyDictionary<string, string> Data { get; } = Read("data");

    /// <summary>Adds the defaults to the settings of a section.</summary>
    public static SettingValues Complete(
        IReadOnlyDictionary<string, string> defaults,
        IEnumerable<KeyValuePair<string, string>> settings
    )
    {
        var complete = new SettingValues(defaults);
        // The fingerprint is an option of its own.
        foreach (var (key, value) in settings.Where(setting => setting.Key != Fingerprint))
            complete[key] = value;
        return complete;
    }

    private const string Fingerprint = "fingerprint";

    private static Dictionary<string, string> Read(string section) =>
        SettingsReader
            .OfSettings(ReferenceConfiguration.Settings)
            .Section("actortrain.job." + section)
            .Where(setting => setting.Key != Fingerprint)
            .ToDictionary(StringComparer.Ordinal);
}
