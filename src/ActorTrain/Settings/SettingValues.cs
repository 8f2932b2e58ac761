namespace ActorTrain.Settings;

/// <summary>
/// The settings of a section by their relative keys. Two are equal if they hold the same. It is the only dictionary
/// that a control message may hold.
/// </summary>
internal sealed class SettingValues : Dictionary<string, string>
{
    public SettingValues()
        : base(StringComparer.Ordinal) { }

    public SettingValues(IEnumerable<KeyValuePair<string, string>> settings)
        : base(settings, StringComparer.Ordinal) { }

    /// <inheritdoc/>
    public override bool Equals(object? other) =>
        other is SettingValues values
        && values.Count == Count
        && this.All(setting => values.GetValueOrDefault(setting.Key) == setting.Value);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        this.Aggregate(Count, (hash, setting) => hash ^ HashCode.Combine(setting.Key, setting.Value));
}
