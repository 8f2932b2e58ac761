using System.Text.RegularExpressions;

namespace ActorTrain.Cli.Tests.Documents;

/// <summary>The keys of reference.conf with their defaults and the comments above them, a table a section.</summary>
internal static partial class ConfigurationKeys
{
    private const int Width = 150;

    /// <summary>The lines of all tables.</summary>
    /// <param name="text">reference.conf, where a line is a key, the begin of a section, or its end.</param>
    public static IEnumerable<string> Table(string text) =>
        Sections(text)
            .Where(section => section.Rows.Count > 0)
            .SelectMany(section =>
                (IEnumerable<string>)
                    [
                        $"### `{section.Name}`",
                        "",
                        .. section.Comment.Length == 0 ? [] : Wrapped(section.Comment).Append(""),
                        "| key | default | meaning |",
                        "|---|---|---|",
                        .. section.Rows,
                        "",
                    ]
            );

    private static List<Section> Sections(string text)
    {
        var (all, open, comment) = (new List<Section>(), new Stack<Section>(), new List<string>());
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('#'))
            {
                comment.Add(line.TrimStart('#', ' '));
                continue;
            }
            if (line == "}")
                open.Pop();
            else if (Begin().Match(line) is { Success: true } begin)
                open.Push(Find(all, open, begin.Groups["name"].Value, string.Join(' ', comment)));
            else if (Value().Match(line) is { Success: true } value && IsOurs(open.Peek().Name))
                open.Peek()
                    .Rows.Add(
                        $"| `{value.Groups["name"].Value}` | `{value.Groups["value"].Value}` | "
                            + $"{string.Join(' ', comment).Replace("|", "\\|", StringComparison.Ordinal)} |"
                    );
            comment.Clear();
        }
        return all;
    }

    // A section may stand in several places of the file.
    private static Section Find(List<Section> all, Stack<Section> open, string name, string comment)
    {
        var full = open.TryPeek(out var outer) ? $"{outer.Name}.{name}" : name;
        if (all.Find(section => section.Name == full) is { } known)
            return known;
        all.Add(new Section(full, comment, []));
        return all[^1];
    }

    // Akka's settings are Akka's to explain.
    private static bool IsOurs(string section) =>
        section.StartsWith("actortrain", StringComparison.Ordinal)
        && !section.Contains("node-defaults", StringComparison.Ordinal)
        && !section.EndsWith("-dispatcher", StringComparison.Ordinal)
        && !section.EndsWith("-mailbox", StringComparison.Ordinal);

    private static IEnumerable<string> Wrapped(string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length >= Width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }

    [GeneratedRegex(@"^(?<name>[\w.-]+) *\{$")]
    private static partial Regex Begin();

    [GeneratedRegex(@"^(?<name>[\w.-]+) *= *(?<value>.*)$")]
    private static partial Regex Value();

    private sealed record Section(string Name, string Comment, List<string> Rows);
}
