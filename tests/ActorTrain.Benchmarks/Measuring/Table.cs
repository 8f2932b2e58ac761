namespace ActorTrain.Benchmarks.Measuring;

/// <summary>A table in Markdown, so that what was printed can stand in the README.</summary>
internal sealed class Table(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(string title)
    {
        Console.WriteLine($"\n{title}\n");
        var widths = heads.Select((head, column) => Math.Max(head.Length, _rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max())).ToArray();
        Line(heads, widths);
        Console.WriteLine($"|{string.Join("|", widths.Select(width => new string('-', width + 2)))}|");
        foreach (var row in _rows) Line(row, widths);
    }

    private static void Line(string[] cells, int[] widths) =>
        Console.WriteLine($"| {string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column])))} |");
}
