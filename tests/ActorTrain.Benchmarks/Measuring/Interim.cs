namespace ActorTrain.Benchmarks.Measuring;

/// <summary>
/// Prints interim results as soon as they are measured, so that an interrupted run leaves what it has measured.
/// </summary>
internal static class Interim
{
    /// <summary>Prints figures; those without a value are left out.</summary>
    /// <param name="what">What was measured, such as a job and a run.</param>
    /// <param name="figures">Each a name and a value.</param>
    public static void Print(string what, params IEnumerable<(string Name, string Value)> figures)
    {
        var known = figures.Where(figure => figure.Value.Length > 0).Select(figure => $"{figure.Name} {figure.Value}");
        Console.WriteLine($"{what}: {string.Join(", ", known)}");
        // Pipes and files must receive it before the next measurement.
        Console.Out.Flush();
    }

    /// <summary>Prints the figures of one round.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="round">The round, from 1.</param>
    /// <param name="figures">Each a name and a value.</param>
    public static void Print(string what, int round, params IEnumerable<(string Name, string Value)> figures) =>
        Print($"{what}, round {round}", figures);
}
