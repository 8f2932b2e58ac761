namespace ActorTrain.Settings;

/// <summary>Finds what a misspelt word was meant to be.</summary>
public static class Spelling
{
    /// <summary>The nearest of the words by edits, when it is near enough to be meant: a third of the letters may be wrong. Else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> words) =>
        words.Select(candidate => (candidate, Edits: Edits(word, candidate)))
            .Where(found => found.Edits <= Math.Max(1, Math.Max(word.Length, found.candidate.Length) / 3))
            .OrderBy(found => found.Edits)
            .Select(found => found.candidate)
            .FirstOrDefault();

    /// <summary>Letters to insert, delete or replace to turn one word into the other (Levenshtein).</summary>
    internal static int Edits(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var current = new int[to.Length + 1];
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
            previous = current;
        }
        return previous[^1];
    }
}
