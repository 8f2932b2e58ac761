namespace ActorTrain.Settings;

/// <summary>A setting given outside a file, such as by a command-line option. It overrides all files.</summary>
/// <param name="Key">Its full key, such as <c>actortrain.job.batch-size</c>.</param>
/// <param name="Value">Its value, as in a configuration file; the elements of a list joined by commas.</param>
/// <param name="Source">The name that the user typed, such as <c>--batch-size</c>; errors name it.</param>
public sealed record SettingOverride(string Key, string Value, string Source);
