namespace ActorTrain.Settings;

/// <summary>A setting given outside any file, such as by a command-line option. It comes before every file.</summary>
/// <param name="Key">Its full key, such as <c>actortrain.job.batch</c>.</param>
/// <param name="Value">Its value, as a configuration file would have it; the elements of a list joined by
/// commas.</param>
/// <param name="Source">What the user wrote it as, such as <c>--batch</c>; errors name it.</param>
public sealed record SettingOverride(string Key, string Value, string Source);
