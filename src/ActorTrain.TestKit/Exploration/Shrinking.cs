namespace ActorTrain.TestKit.Exploration;

/// <summary>Makes a script that breaks something smaller, fault by fault.</summary>
internal static class Shrinking
{
    /// <summary>
    /// Drops faults one by one as long as what is left breaks as well. Of the result no single fault can be dropped:
    /// it is 1-minimal (Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing input").
    /// </summary>
    /// <param name="script">A script that breaks.</param>
    /// <param name="breaks">Whether a script breaks in the same way.</param>
    public static Simulation Smallest(Simulation script, Predicate<Simulation> breaks)
    {
        // One that could not be dropped is tried again when another has been: it ends when each was kept since.
        for (var (place, kept) = (0, 0); kept < script.Script.Count; )
        {
            place %= script.Script.Count;
            var smaller = script with { Script = [.. script.Script.Where((_, i) => i != place)] };
            if (breaks(smaller))
                (script, kept) = (smaller, 0);
            else
                (place, kept) = (place + 1, kept + 1);
        }
        return script;
    }

    /// <summary>
    /// Whether a trouble that another script ends goes on for ever: a job that does not end by that has done nothing
    /// wrong.
    /// </summary>
    /// <param name="smaller">A script.</param>
    /// <param name="whole">The script that it was made of.</param>
    public static bool LeavesTroubleOpen(Simulation smaller, Simulation whole) =>
        Open(smaller).Except(Open(whole)).Any();

    private static HashSet<string> Open(Simulation script)
    {
        var open = new HashSet<string>();
        foreach (var (_, fault) in script.Script.OrderBy(happens => happens.At))
        {
            if (fault.Ends is { } ended)
                open.Remove(ended);
            if (fault.Begins is { } begun)
                open.Add(begun);
        }
        return open;
    }
}
