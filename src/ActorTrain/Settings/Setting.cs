using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorTrain.Settings;

/// <summary>One setting as it was written, with its place.</summary>
/// <param name="Key">Its full key, such as <c>actortrain.job.batch-size</c>.</param>
/// <param name="Value">Its text; the elements of a list are joined by commas. Null for an empty section and for
/// <c>null</c>.</param>
/// <param name="Source">Its place: a file and line, or a command-line option.</param>
internal sealed record Setting(string Key, string? Value, string Source)
{
    private const int DeepestSection = 1000;

    /// <summary>All settings of a configuration and its fallbacks; of several with one key the first.</summary>
    public static IEnumerable<Setting> AllOf(Config config, string source)
    {
        for (var part = config; part is not null; part = part.Fallback)
        {
            if (part.IsEmpty || !part.Root.IsObject())
                continue;
            var located = part as LocatedConfig;
            foreach (var (key, value) in Leaves(part.Root.GetObject(), "", DeepestSection))
                yield return new Setting(key, value, located?.SourceOf(key) ?? source);
        }
    }

    private static IEnumerable<(string Key, string? Value)> Leaves(HoconObject section, string prefix, int deeper)
    {
        if (deeper == 0)
            throw new ActorTrainException(
                $"{prefix[..40]}… has more than {DeepestSection} sections inside each other; none needs more than a "
                    + $"few."
            );
        foreach (var (name, value) in section.Items)
        {
            var key = prefix + name;
            if (value.IsObject() && value.GetObject() is { Items.Count: > 0 } inner)
                foreach (var leaf in Leaves(inner, key + ".", deeper - 1))
                    yield return leaf;
            else
                yield return (key, TextOf(value));
        }
    }

    private static string? TextOf(HoconValue value) =>
        value.IsArray()
            ? string.Join(
                ",",
                value.GetArray().Select(element => element.IsString() ? element.GetString() : element.ToString())
            )
        : value.IsString() ? value.GetString()
        : null;
}
