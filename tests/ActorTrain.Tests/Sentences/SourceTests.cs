using System.Reflection;
using System.Text.RegularExpressions;

namespace ActorTrain.Tests.Sentences;

/// <summary>Sentences in the source: whoever writes a new one makes its parts fit by the pieces that are there for it.</summary>
public sealed partial class SourceTests
{
    // Being rewritten at the moment; each is to be taken out of here.
    private static readonly string[] Later = ["ActorTrain.Torch/Data/", "ActorTrain.Torch/Engine/", "ActorTrain/Server/", "ActorTrain/Worker/TrainerActor.cs"];

    [Fact]
    public void A_message_from_elsewhere_goes_into_a_sentence_as_a_clause() =>
        Lines().Where(line => RawMessage().IsMatch(line.Text)).Select(line => line.Where).ShouldBeEmpty("write {failure.AsClause()}, which has no full stop of its own");

    [Fact]
    public void A_reason_before_a_full_stop_is_a_clause() =>
        Lines().Where(line => RawReason().IsMatch(line.Text)).Select(line => line.Where).ShouldBeEmpty("write {reason.AsClause()}, which has no full stop of its own");

    [Fact]
    public void A_number_is_followed_by_its_noun_in_agreement() =>
        Lines().Where(line => RawCount().IsMatch(line.Text)).Select(line => line.Where).ShouldBeEmpty("write Plural.Of(count, \"sample\")");

    private static IEnumerable<(string Where, string Text)> Lines()
    {
        var source = Path.Combine(typeof(SourceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(pair => pair.Key == "RepositoryRoot").Value!, "src");
        foreach (var file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(source, file).Replace('\\', '/');
            if (name.Contains("/obj/", StringComparison.Ordinal) || Later.Any(later => name.StartsWith(later, StringComparison.Ordinal))) continue;
            foreach (var (index, text) in File.ReadLines(file).Index()) yield return ($"{name}, line {index + 1}", text);
        }
    }

    [GeneratedRegex("""\$"[^"]*\{(?![^{}]*(AsClause|Sentence\.))[^{}]*(failure|denied|wrong|unreadable|unexpected|exception|\be|cause|Cause)\)?\.Message\b""", RegexOptions.IgnoreCase)]
    private static partial Regex RawMessage();

    [GeneratedRegex("""\$".*\{[^{}()]*reason\}\.["\s]""", RegexOptions.IgnoreCase)]
    private static partial Regex RawReason();

    [GeneratedRegex("""
        \$".*\{(?!Plural\.)(?![^{}]*[Nn]ame)[^{}"]*\} (samples|workers|epochs|classes|columns|folders|images|positions|threads|minutes|nodes|shards|parameters|fields|attempts|bytes|pushes|versions|leases|values|libraries|cases|updates|steps)\b(?!/)
        """)]
    private static partial Regex RawCount();
}
