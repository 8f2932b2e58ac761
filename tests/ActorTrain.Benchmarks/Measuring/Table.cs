namespace ActorTrain.Benchmarks.Measuring;

/// <summary>
/// A table in Markdown, so that what was printed can stand in the README. Each row is printed as soon as it is there,
/// and all of them at the end.
/// </summary>
internal sealed class Table(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Columns that say what a row is about.</summary>
    public int Keys { get; init; } = 1;

    /// <summary>Whether the rows come all at once, at the end: their figures were printed when measured.</summary>
    public bool AtTheEnd { get; init; }

    public void Add(params string[] cells)
    {
        _rows.Add(cells);
        if (!AtTheEnd)
            SoFar.Print(string.Join(", ", cells[..Keys]), heads.Zip(cells).Skip(Keys));
    }

    public void Print(string title)
    {
        Console.WriteLine($"\n{title}\n");
        var widths = heads
            .Select(
                (head, column) => Math.Max(head.Length, _rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max())
            )
            .ToArray();
        Line(heads, widths);
        Console.WriteLine($"|{string.Join("|", widths.Select(width => new string('-', width + 2)))}|");
        foreach (var row in _rows)
            Line(row, widths);
    }

    private static void Line(string[] cells, int[] widths) =>
        Console.WriteLine($"| {string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column])))} |");
}
