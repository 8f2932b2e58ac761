namespace ActorTrain.Benchmarks.Measuring;

/// <summary>
/// A table in Markdown, as the README has it. Each row is printed as soon as it is measured, and the whole table at the
/// end.
/// </summary>
internal sealed class Table(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Number of columns that identify a row.</summary>
    public int Keys { get; init; } = 1;

    /// <summary>Whether rows are printed only at the end, since their figures were printed before.</summary>
    public bool PrintsAtEnd { get; init; }

    public void Add(params string[] cells)
    {
        _rows.Add(cells);
        if (!PrintsAtEnd)
            Interim.Print(string.Join(", ", cells[..Keys]), heads.Zip(cells).Skip(Keys));
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
