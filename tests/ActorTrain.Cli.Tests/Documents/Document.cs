using System.Reflection;
using System.Text.RegularExpressions;

namespace ActorTrain.Cli.Tests.Documents;

/// <summary>A Markdown file of the repository.</summary>
/// <param name="Path">Relative to the repository, with slashes.</param>
internal sealed partial record Document(string Path)
{
    /// <summary>The repository's folder.</summary>
    public static string Repository { get; } =
        typeof(Document)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(pair => pair.Key == "RepositoryRoot")
            .Value!;

    /// <summary>What users read: all Markdown files but the changelog.</summary>
    public static IEnumerable<Document> All =>
        Directory
            .EnumerateFiles(Repository, "*.md", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(Repository, file).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
            .Where(path => path != "CHANGELOG.md")
            .Order(StringComparer.Ordinal)
            .Select(path => new Document(path));

    /// <summary>The text, with line feeds alone.</summary>
    public string Text { get; } = File.ReadAllText(System.IO.Path.Combine(Repository, Path)).ReplaceLineEndings("\n");

    /// <summary>The folder that links begin at.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The lines, each with its number.</summary>
    public IEnumerable<(int Number, string Text)> Lines => Text.Split('\n').Select((line, i) => (i + 1, line));

    /// <summary>The lines of code blocks, each with its number.</summary>
    public IEnumerable<(int Number, string Text)> CodeLines
    {
        get
        {
            var inBlock = false;
            foreach (var line in Lines)
            {
                if (line.Text.StartsWith("```", StringComparison.Ordinal))
                    inBlock = !inBlock;
                else if (inBlock)
                    yield return line;
            }
        }
    }

    /// <summary>The code blocks of a language, each with the number of its first line.</summary>
    public IEnumerable<(int Line, string Code)> CodeOf(string language) =>
        CodeBlock()
            .Matches(Text)
            .Where(block => block.Value.StartsWith($"```{language}\n", StringComparison.Ordinal))
            .Select(block =>
                (
                    Text[..block.Index].Count(character => character == '\n') + 2,
                    string.Join('\n', block.Value.TrimEnd().Split('\n')[1..^1])
                )
            );

    /// <summary>The text without code blocks.</summary>
    public string Prose => CodeBlock().Replace(Text, "");

    /// <summary>Targets of links and pictures.</summary>
    public IEnumerable<string> Links => Link().Matches(Prose).Select(match => match.Groups["target"].Value);

    /// <summary>The anchors of its headings, as they stand after a <c>#</c>.</summary>
    public IEnumerable<string> Anchors =>
        Lines
            .Where(line => line.Text.StartsWith('#'))
            .Select(line => NoAnchor().Replace(line.Text.TrimStart('#', ' ').ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>What stands between backticks in the text.</summary>
    public IEnumerable<string> InlineCode => Inline().Matches(Prose).Select(match => match.Groups["code"].Value);

    /// <summary>Words outside of tables, code blocks and generated parts.</summary>
    public int Words =>
        Generated()
            .Replace(Prose, "")
            .Split('\n')
            .Where(line => !line.TrimStart().StartsWith('|'))
            .Sum(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length);

    public override string ToString() => Path;

    [GeneratedRegex("^```.*?^```\n?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex("`(?<code>[^`\n]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex("<!-- generated.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Generated();
}
