namespace ActorTrain.Torch.Settings;

/// <summary>Creates the error for an unknown name, with the known names and the one that was probably meant.</summary>
internal static class KnownNames
{
    public static ActorTrainException Unknown(string kind, string name, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToList();
        var nearest = names
            .Select(other => (other, Distance: Edits(name, other)))
            .Where(pair => pair.Distance <= 2)
            .OrderBy(pair => pair.Distance)
            .Select(pair => $" (did you mean '{pair.other}'?)")
            .FirstOrDefault();
        return new ActorTrainException($"unknown {kind} '{name}'{nearest}; known {kind}s: {string.Join(", ", names)}");
    }

    /// <summary>The edit distance of two words: letters to insert, remove or change (Levenshtein).</summary>
    public static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
