using Akka.Configuration;

namespace ActorTrain.Settings;

/// <summary>The embedded reference.conf: every setting's default.</summary>
internal static class ReferenceConfiguration
{
    /// <summary>The configuration.</summary>
    public static Config Config { get; } =
        ConfigurationFile.Embedded(typeof(ReferenceConfiguration).Assembly, "ActorTrain.reference.conf");

    /// <summary>Its settings.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = [.. Setting.AllOf(Config, "reference.conf")];
}
