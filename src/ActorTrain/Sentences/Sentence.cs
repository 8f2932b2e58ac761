namespace ActorTrain.Sentences;

/// <summary>
/// Makes sentences of clauses. A clause has no full stop of its own: what somebody else has written (an exception's
/// message, a reason from another node) often has one, and is taken into a sentence by <see cref="AsClause(string)"/>
/// alone, so that no full stop is doubled.
/// </summary>
internal static class Sentence
{
    /// <summary>The text in one line and without the full stop at its end.</summary>
    public static string AsClause(this string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        var clause = line.TrimEnd('.', ' ');
        // The folder above: those two are no full stops.
        return clause.EndsWith('/') || clause.EndsWith('\\') ? line : clause;
    }

    /// <summary>
    /// A text of another program, which is not to write lines of its own in a log: its first 80 characters, and each
    /// control character as a space.
    /// </summary>
    public static string AsPrintable(this string text)
    {
        const int longest = 80;
        var line = string.Concat(text.Take(longest).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length <= longest ? line : line + "…";
    }

    /// <summary>What an exception says.</summary>
    public static string AsClause(this Exception failure) => failure.Message.AsClause();

    /// <summary>
    /// The kind of a stranger's exception, which often says more than its message does, and the message's first line:
    /// in libtorch's, a page of native frames follows.
    /// </summary>
    public static string AsNamedClause(this Exception failure)
    {
        const StringSplitOptions whole = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var (kind, lines) = (failure.GetType().Name, failure.Message.Split(['\r', '\n'], whole));
        return lines is [var first, ..] && first.AsClause() is { Length: > 0 } said ? $"{kind}: {said}" : kind;
    }

    /// <summary>A clause as a sentence: it begins with a capital letter and ends with one full stop.</summary>
    public static string Of(string clause) =>
        clause.AsClause() is { Length: > 0 } said ? $"{char.ToUpperInvariant(said[0])}{said[1..]}." : "";
}
