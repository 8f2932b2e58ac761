using ActorTrain.Settings;

namespace ActorTrain.Serialization;

/// <summary>Settings on the wire: keys and values in turn.</summary>
internal sealed record SettingsOnWire(string[] Texts)
{
    public static SettingsOnWire From(SettingValues settings) =>
        new([.. settings.SelectMany(setting => new[] { setting.Key, setting.Value })]);

    public SettingValues ToSettings() => new(Texts.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
}
