using System.Text.RegularExpressions;

namespace ActorTrain.Tests.Architecture;

/// <summary>Sentences in the source must be built by the helpers in <c>Sentences</c>.</summary>
public sealed partial class SourceTests
{
    [Fact]
    public void An_exceptions_message_goes_into_a_sentence_as_a_clause() =>
        Places(RawMessage()).ShouldBeEmpty("write {failure.AsClause()}, which has no full stop of its own");

    [Fact]
    public void A_reason_before_a_full_stop_is_a_clause() =>
        Places(RawReason()).ShouldBeEmpty("write {reason.AsClause()}, which has no full stop of its own");

    [Fact]
    public void A_number_is_followed_by_its_noun_in_agreement() =>
        Places(RawCount()).ShouldBeEmpty("write Plural.Format(count, \"sample\")");

    // LogCallTests reads the runtime itself.
    [Fact]
    public void Only_the_runtime_logs() =>
        Lines("src", "*.cs")
            .Where(line => !line.Place.StartsWith("src/ActorTrain/", StringComparison.Ordinal))
            .Where(line => Logger().IsMatch(line.Text))
            .Select(line => line.Place)
            .ShouldBeEmpty();

    // CSharpier breaks code, and neither comments nor strings.
    [Theory, InlineData("src"), InlineData("tests"), InlineData("examples"), InlineData("hocon")]
    public void No_line_is_longer_than_120_columns(string folder) =>
        Lines(folder, "*.cs")
            .Concat(Lines(folder, "*.conf"))
            .Where(line => line.Text.Length > 120)
            .Select(line => line.Place)
            .ShouldBeEmpty();

    private static IEnumerable<string> Places(Regex wrong) =>
        Lines("src", "*.cs").Where(line => wrong.IsMatch(line.Text)).Select(line => line.Place);

    private static IEnumerable<(string Place, string Text)> Lines(string folder, string files) =>
        Repository
            .Files(folder, files)
            .SelectMany(file =>
                File.ReadLines(file)
                    .Index()
                    .Select(line => ($"{Repository.NameOf(file)}, line {line.Index + 1}", line.Item))
            );

    // The message of an exception variable; log entries and evaluations have messages as well.
    [GeneratedRegex(
        """
            \$"[^"]*\{(?![^{}]*(AsClause|Sentence\.))
            [^{}]*(failure|denied|wrong|unreadable|unexpected|exception|\be|cause)\)?\.Message\b
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex RawMessage();

    [GeneratedRegex("""\bGetLogger\(|\b[Ss]ystem\.Log\b|\bnew (Debug|Info|Warning|Error)\(""")]
    private static partial Regex Logger();

    [GeneratedRegex("""\$".*\{[^{}()]*reason\}\.["\s]""", RegexOptions.IgnoreCase)]
    private static partial Regex RawReason();

    [GeneratedRegex(
        """
            \$".*\{(?!Plural\.)(?![^{}]*(name|which))[^{}"]*\}[ ]
            (samples|workers|epochs|classes|columns|folders|images|positions|threads|minutes|nodes|shards|parameters
            |fields|attempts|bytes|pushes|versions|leases|values|libraries|cases|updates|steps)\b(?!/)
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex RawCount();
}
