namespace ActorTrain.Settings;

/// <summary>Finds the word that a misspelt one was meant to be.</summary>
internal static class Spelling
{
    /// <summary>The word with the fewest edits, where at most a third of the letters are wrong; else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> words) =>
        words
            .Select(candidate => (candidate, Edits: Edits(word, candidate)))
            .Where(found => found.Edits <= Math.Max(1, Math.Max(word.Length, found.candidate.Length) / 3))
            .OrderBy(found => found.Edits)
            .Select(found => found.candidate)
            .FirstOrDefault();

    /// <summary>
    /// Letters to insert, delete, replace or swap with the next to change one word into the other (Damerau's distance,
    /// each place edited once).
    /// </summary>
    internal static int Edits(string from, string to)
    {
        var edits = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        for (var j = 0; j <= to.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                edits[i, j] = i + j;
                continue;
            }
            edits[i, j] = Math.Min(
                Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1,
                edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)
            );
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
        }
        return edits[from.Length, to.Length];
    }
}
