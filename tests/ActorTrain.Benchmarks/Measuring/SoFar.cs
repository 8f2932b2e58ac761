namespace ActorTrain.Benchmarks.Measuring;

/// <summary>
/// What a benchmark has measured so far: a line as soon as there is one, so that a long run that is interrupted leaves
/// behind what it had.
/// </summary>
internal static class SoFar
{
    /// <summary>Prints figures, those without a value left out.</summary>
    /// <param name="what">What was measured, such as a job and a run.</param>
    /// <param name="figures">Each a name and a value.</param>
    public static void Print(string what, params IEnumerable<(string Name, string Value)> figures)
    {
        var known = figures.Where(figure => figure.Value.Length > 0).Select(figure => $"{figure.Name} {figure.Value}");
        Console.WriteLine($"{what}: {string.Join(", ", known)}");
        // A pipe or a file must have it, too, before the next is measured.
        Console.Out.Flush();
    }

    /// <summary>Prints the figures of one round.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="round">The round, from 1.</param>
    /// <param name="figures">Each a name and a value.</param>
    public static void Print(string what, int round, params IEnumerable<(string Name, string Value)> figures) =>
        Print($"{what}, round {round}", figures);
}
