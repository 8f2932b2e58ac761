using Akka.Configuration;

namespace ActorTrain.Settings;

/// <summary>The embedded reference.conf: every setting's default.</summary>
internal static class ReferenceConfiguration
{
    /// <summary>The configuration.</summary>
    public static Config Config { get; } = ConfigurationFile.Parse(Text(), "reference.conf");

    /// <summary>Its settings.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = [.. Setting.AllOf(Config, "reference.conf")];

    private static string Text()
    {
        using var stream = typeof(ReferenceConfiguration).Assembly.GetManifestResourceStream("ActorTrain.reference.conf")
            ?? throw new InvalidOperationException("reference.conf is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
