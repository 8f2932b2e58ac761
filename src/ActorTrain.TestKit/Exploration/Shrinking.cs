namespace ActorTrain.TestKit.Exploration;

/// <summary>Shrinks a script that breaks a law, fault by fault.</summary>
internal static class Shrinking
{
    /// <summary>
    /// Drops faults one by one as long as the rest still breaks the law. No single fault of the result can be dropped:
    /// it is 1-minimal (Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing input").
    /// </summary>
    /// <param name="script">A script that breaks a law.</param>
    /// <param name="breaks">Whether a script breaks the same law.</param>
    public static Simulation Smallest(Simulation script, Predicate<Simulation> breaks)
    {
        // After each drop all faults are tried again, until none of them can be dropped.
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
    /// Whether a trouble never ends that the whole script ends. A job that does not end because of it breaks no law.
    /// </summary>
    /// <param name="smaller">A script without some faults.</param>
    /// <param name="whole">The script with all faults.</param>
    public static bool LeavesTroubleOpen(Simulation smaller, Simulation whole) =>
        OpenTroubles(smaller).Except(OpenTroubles(whole)).Any();

    private static HashSet<string> OpenTroubles(Simulation script)
    {
        var open = new HashSet<string>();
        foreach (var (_, fault) in script.Script.OrderBy(entry => entry.At))
        {
            if (fault.Ends is { } ended)
                open.Remove(ended);
            if (fault.Begins is { } begun)
                open.Add(begun);
        }
        return open;
    }
}
