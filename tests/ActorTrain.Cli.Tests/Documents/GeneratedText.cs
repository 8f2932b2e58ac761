namespace ActorTrain.Cli.Tests.Documents;

/// <summary>
/// A part of a document that is made from the code, between two comments. A change of the code fails the test until the
/// part is written again, with ACTORTRAIN_APPROVE_DOCUMENTS=1.
/// </summary>
internal static class GeneratedText
{
    private const string Approve = "ACTORTRAIN_APPROVE_DOCUMENTS";
    private const string End = "<!-- end -->";

    /// <summary>Holds a part equal to what the code says, or writes it where that is asked for.</summary>
    /// <param name="document">The document's path, relative to the repository.</param>
    /// <param name="part">The part's name.</param>
    /// <param name="lines">What the code says.</param>
    public static void ShouldStandIn(string document, string part, IEnumerable<string> lines)
    {
        var file = Path.Combine(Document.Repository, document);
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        var begin = $"<!-- generated: {part} -->\n";
        var start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        start.ShouldBeGreaterThanOrEqualTo(begin.Length, $"{document} has no line {begin}");
        var end = text.IndexOf(End, start, StringComparison.Ordinal);
        var right = string.Join('\n', lines) + "\n";
        right
            .Split('\n')
            .Where(line => line.EndsWith("|  |", StringComparison.Ordinal))
            .ShouldBeEmpty($"{document}: each row of '{part}' has a meaning");
        if (Environment.GetEnvironmentVariable(Approve) == "1")
        {
            File.WriteAllText(file, text[..start] + right + text[end..]);
            return;
        }
        var (there, wanted) = (text[start..end].Split('\n'), right.Split('\n'));
        if (there.SequenceEqual(wanted))
            return;
        Assert.Fail(
            $"{document}: the part '{part}' is not what the code says:\n"
                + string.Concat(there.Except(wanted).Select(line => $"- {line}\n"))
                + string.Concat(wanted.Except(there).Select(line => $"+ {line}\n"))
                + $"Write it again:\n  {Approve}=1 dotnet test -c Release tests/ActorTrain.Cli.Tests --filter "
                + nameof(ReferenceTests)
        );
    }
}
