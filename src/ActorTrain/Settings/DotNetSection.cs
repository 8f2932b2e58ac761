using Microsoft.Extensions.Configuration;

namespace ActorTrain.Settings;

/// <summary>Settings in a section of .NET configuration, such as appsettings.json or environment variables.</summary>
internal static class DotNetSection
{
    /// <summary>Reads the values of a section; the elements of a list are joined by commas.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">The section of reference.conf that it stands for.</param>
    public static IEnumerable<SettingOverride> Read(IConfiguration section, string key)
    {
        foreach (var child in section.GetChildren())
        {
            // An unknown key keeps its name, and is refused by it.
            var name = KnownKeys.Reference.Find($"{key}.{child.Key}") ?? $"{key}.{child.Key}";
            var children = child.GetChildren().ToList();
            if (children.Count > 0 && !string.IsNullOrEmpty(child.Value))
                throw new ActorTrainException(
                    $"{child.Path} is {child.Value}, and has values below it ({children[0].Path}); it must be one of "
                        + "both."
                );
            if (children.Count == 0)
            {
                // null, an empty text or an empty section: it is not set.
                if (!string.IsNullOrEmpty(child.Value))
                    yield return new SettingOverride(name, child.Value, child.Path);
            }
            else if (children.All(element => int.TryParse(element.Key, out _)))
                yield return new SettingOverride(
                    name,
                    string.Join(",", children.Select(element => element.Value)),
                    child.Path
                );
            else
                foreach (var setting in Read(child, name))
                    yield return setting;
        }
    }
}
