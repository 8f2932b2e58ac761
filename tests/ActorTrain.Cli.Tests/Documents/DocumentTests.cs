using System.CommandLine;
using ActorTrain.CommandLine;
using ActorTrain.CommandLine.Verbs;
using ActorTrain.Settings;
using ActorTrain.Telemetry;

namespace ActorTrain.Cli.Tests.Documents;

/// <summary>What the documents name exists: files, commands, options, settings.</summary>
public sealed class DocumentTests
{
    private const int ReadmeBytes = 9 * 1024;
    private const int LongestLine = 160;
    private const int GuideWords = 1_200;
    private const string Job = "actortrain.job.";

    // Sections that a document may name without what stands before them.
    private static readonly string[] Prefixes =
    [
        "",
        "actortrain.",
        Job,
        Job + "consistency.",
        Job + "staleness.",
        Job + "balance.",
        Job + "local-steps.",
    ];

    private static readonly string[] Guides =
    [
        "README.md",
        "examples/README.md",
        "hocon/README.md",
        "src/README.md",
        "src/ActorTrain.TestKit/README.md",
        "tests/ActorTrain.Benchmarks/README.md",
    ];

    private static readonly RootCommand Root = VerbCatalog.CreateRoot(
        new Terminal("actortrain", TextWriter.Null, TextWriter.Null, IsInteractive: false),
        CatalogueProgram.Create(),
        CatalogueProgram.Verbs
    );

    public static TheoryData<string> Paths => [.. Document.All.Select(document => document.Path)];

    [Theory, MemberData(nameof(Paths))]
    public void Each_link_leads_to_a_file_of_the_repository_and_a_heading_of_it(string path)
    {
        var document = new Document(path);

        foreach (var link in document.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            var (file, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
            var target = file.Length == 0 ? path : Path.Combine(document.Folder, file);
            Path.Exists(Path.Combine(Document.Repository, target)).ShouldBeTrue($"{path}: {link}");
            if (anchor is not null)
                new Document(target).Anchors.ShouldContain(anchor, $"{path}: {link}");
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Each_path_that_is_named_exists(string path)
    {
        string[] roots = ["src/", "tests/", "examples/", "hocon/"];

        new Document(path)
            .InlineCode.Where(code => roots.Any(root => code.StartsWith(root, StringComparison.Ordinal)))
            .Where(code =>
                !code.Contains(' ', StringComparison.Ordinal) && !code.Contains("/bin/", StringComparison.Ordinal)
            )
            .Where(code => code.IndexOfAny(['*', '…', '{']) < 0)
            .Where(code => !Path.Exists(Path.Combine(Document.Repository, code)))
            .ShouldBeEmpty(path);
    }

    [Theory, MemberData(nameof(Paths))]
    public void Each_command_is_one_that_the_program_takes(string path)
    {
        var document = new Document(path);
        // A verb that is only named stands without its arguments.
        var commands = document.InlineCode.Where(code => code.Split(' ') is not [_, var verb] || !IsVerb(verb));
        var lines = document.CodeLines.Select(line => line.Text).Concat(commands);

        foreach (var line in lines.Where(line => line.StartsWith("actortrain ", StringComparison.Ordinal)))
        {
            var command = line.Split('#')[0].TrimEnd(' ', '&', '\\')["actortrain ".Length..];
            var arguments = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ParseSentence.From(Root.Parse(arguments), "actortrain").ShouldBeNull($"{path}: {line}");
        }
    }

    private static bool IsVerb(string name) => Root.Subcommands.Any(verb => verb.Name == name);

    [Theory, MemberData(nameof(Paths))]
    public void Each_option_that_is_named_exists(string path)
    {
        // These have options of their own.
        if (path is "tests/ActorTrain.Benchmarks/README.md" or "examples/Learning/README.md")
            return;
        var options = Root
            .Subcommands.SelectMany(verb => verb.Options)
            .Concat(Root.Options)
            .Select(option => option.Name)
            .ToHashSet();

        new Document(path)
            .InlineCode.SelectMany(code => code.Split(' ', '='))
            .Where(word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2)
            .Where(word => !options.Contains(word))
            .ShouldBeEmpty(path);
    }

    [Theory, MemberData(nameof(Paths))]
    public void Each_setting_that_is_named_exists(string path)
    {
        // Its fields of report and status look like settings.
        if (path == "REFERENCE.md")
            return;
        var sections = ReferenceConfiguration
            .Settings.SelectMany(setting => Prefixes.Select(prefix => (setting.Key, prefix)))
            .Where(pair => pair.Key.StartsWith(pair.prefix, StringComparison.Ordinal))
            .Select(pair => pair.Key[pair.prefix.Length..])
            .SelectMany(key => Beginnings(key))
            .ToHashSet();
        var firsts = sections.Select(section => section.Split('.')[0]).Where(first => first != "akka").ToHashSet();
        var metrics = typeof(ActorTrainTelemetry).GetFields().Select(field => field.GetRawConstantValue()).ToHashSet();

        new Document(path)
            .InlineCode.Select(code => code.Split(' ', '=', '{')[0])
            .Where(code =>
                code.Contains('.', StringComparison.Ordinal)
                && code.All(c => c is '.' or '-' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            )
            .Where(code => firsts.Contains(code.Split('.')[0]) && !metrics.Contains(code))
            .Where(code => !sections.Contains(code))
            .ShouldBeEmpty(path);
    }

    [Fact]
    public void The_readme_is_read_in_ten_minutes() =>
        new FileInfo(Path.Combine(Document.Repository, "README.md")).Length.ShouldBeLessThanOrEqualTo(ReadmeBytes);

    [Theory, MemberData(nameof(Paths))]
    public void No_line_is_wider_than_160_columns(string path) =>
        new Document(path)
            .Lines.Where(line => line.Text.Length > LongestLine && !line.Text.StartsWith('|'))
            .Select(line => line.Number)
            .ShouldBeEmpty(path);

    [Fact]
    public void A_guide_has_1200_words_at_most()
    {
        foreach (var guide in Guides)
            new Document(guide).Words.ShouldBeLessThanOrEqualTo(GuideWords, guide);
    }

    private static IEnumerable<string> Beginnings(string key)
    {
        for (var dot = key.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = key.IndexOf('.', dot + 1))
            yield return key[..dot];
        yield return key;
    }
}
