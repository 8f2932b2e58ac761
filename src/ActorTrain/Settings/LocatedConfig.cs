using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorTrain.Settings;

/// <summary>A configuration that knows the file and lines of its settings.</summary>
internal sealed class LocatedConfig(HoconRoot root, string file, HoconOutline outline) : Config(root)
{
    /// <summary>File and line of a key, as errors name them.</summary>
    public string SourceOf(string key) => outline.LineOf(key) is { } line ? $"{file}, line {line}" : file;
}
