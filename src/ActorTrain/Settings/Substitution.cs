namespace ActorTrain.Settings;

/// <summary>A <c>${…}</c> in a HOCON text.</summary>
/// <param name="Key">The key whose value it is part of.</param>
/// <param name="Target">The key it names.</param>
/// <param name="Line">Its line.</param>
internal sealed record Substitution(string Key, string Target, int Line)
{
    /// <summary>
    /// The first substitution that leads back to itself: Akka's parser would overflow the stack on it.
    /// </summary>
    public static Substitution? FirstCycle(IReadOnlyList<Substitution> all) =>
        all.FirstOrDefault(start => Reaches(start, start, all, []));

    private static bool Reaches(
        Substitution from,
        Substitution goal,
        IReadOnlyList<Substitution> all,
        HashSet<Substitution> seen
    ) =>
        all.Where(next => Overlap(from.Target, next.Key))
            .Any(next => next == goal || (seen.Add(next) && Reaches(next, goal, all, seen)));

    /// <summary>Whether reading one key reads the other: they are equal, or one is inside the other.</summary>
    private static bool Overlap(string a, string b) =>
        a == b || a.StartsWith(b + ".", StringComparison.Ordinal) || b.StartsWith(a + ".", StringComparison.Ordinal);
}
