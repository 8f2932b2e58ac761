namespace ActorTrain.TestKit;

/// <summary>The names of workers that are added by number: <c>worker-1</c>, <c>worker-2</c>, ….</summary>
internal static class WorkerNames
{
    /// <summary>The next name that is not taken.</summary>
    /// <param name="last">The last number used; advanced to that of the name returned.</param>
    /// <param name="isTaken">Whether a node has a name.</param>
    public static string Next(ref int last, Predicate<string> isTaken)
    {
        while (isTaken(Name(++last))) { }
        return Name(last);
    }

    private static string Name(int number) => FormattableString.Invariant($"worker-{number}");
}
