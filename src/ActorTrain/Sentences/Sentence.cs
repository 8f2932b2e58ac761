using System.Reflection;

namespace ActorTrain.Sentences;

/// <summary>
/// Builds sentences from clauses. A clause has no full stop. Texts from elsewhere (an exception's message, a reason
/// from another node) often have one, and go into a sentence only by <see cref="AsClause(string)"/>, so that no full
/// stop is doubled.
/// </summary>
internal static class Sentence
{
    /// <summary>The text in one line, without a full stop at its end.</summary>
    public static string AsClause(this string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        var clause = line.TrimEnd('.', ' ');
        // A path that ends with the parent folder, "..": those are no full stops.
        return clause.EndsWith('/') || clause.EndsWith('\\') ? line : clause;
    }

    /// <summary>
    /// A text from another program, safe for the log: its first 80 characters, with control characters as spaces.
    /// </summary>
    public static string AsPrintable(this string text)
    {
        const int longest = 80;
        var line = string.Concat(text.Take(longest).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length <= longest ? line : line + "…";
    }

    /// <summary>An exception's message as a clause.</summary>
    public static string AsClause(this Exception failure) => failure.Message.AsClause();

    /// <summary>
    /// The type of a library's exception, which often says more than its message, and the message's first line: in
    /// libtorch's, a page of native frames follows.
    /// </summary>
    public static string AsNamedClause(this Exception failure)
    {
        const StringSplitOptions whole = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var (kind, lines) = (failure.GetType().Name, failure.Message.Split(['\r', '\n'], whole));
        return lines is [var first, ..] && first.AsClause() is { Length: > 0 } clause ? $"{kind}: {clause}" : kind;
    }

    /// <summary>
    /// Why something failed, as a clause: ActorTrain's own exceptions say it in their message; of others the type says
    /// more. What reflection wraps is unwrapped.
    /// </summary>
    public static string AsReason(this Exception failure) =>
        failure is TargetInvocationException { InnerException: { } inner } ? inner.AsReason()
        : failure is ActorTrainException ? failure.AsClause()
        : failure.AsNamedClause();

    /// <summary>A clause as a sentence, with a capital letter, unless a key comes first, and one full stop.</summary>
    public static string From(string clause)
    {
        if (clause.AsClause() is not { Length: > 0 } text)
            return "";
        var isKey = text.Split(' ')[0].TrimEnd('.').Contains('.', StringComparison.Ordinal);
        return isKey ? $"{text}." : $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }
}
