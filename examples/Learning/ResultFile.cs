using System.Globalization;
using ActorTrain;

namespace Learning;

/// <summary>
/// The finished cells as CSV, one line each, written at once, so that a comparison can be stopped and continued.
/// </summary>
internal sealed class ResultFile
{
    private const string Columns = "method,workers,seed,outcome,accuracy,staleness,cluster-seconds,seconds,note";
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly List<CellResult> _results = [];

    /// <exception cref="ActorTrainException">The file holds results of another setup.</exception>
    public ResultFile(string path, Setup setup)
    {
        _path = path;
        var title = $"# {setup}";
        if (!File.Exists(path))
            File.WriteAllLines(path, [title, Columns]);
        var lines = File.ReadAllLines(path);
        if (lines.FirstOrDefault() != title)
            throw new ActorTrainException(
                $"{path} has results of another setup, not of {setup}; name another file by --out."
            );
        // Broken cells are run again: a data set may have been missing.
        _results.AddRange(lines.Skip(2).Select(Parse).Where(result => result.Outcome != CellResult.Broken));
    }

    public IReadOnlyList<CellResult> Results => _results;

    public bool Has(Cell cell) =>
        _results.Exists(result =>
            (result.Method, result.Workers, result.Seed) == (cell.Method.Name, cell.Workers, cell.Seed)
        );

    public void Add(CellResult result)
    {
        lock (_gate)
        {
            _results.Add(result);
            File.AppendAllLines(_path, [Line(result)]);
        }
    }

    private static string Line(CellResult result) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Method},{result.Workers},{result.Seed},{result.Outcome},{result.Accuracy:0.0000},"
                + $"{result.Staleness:0.000},{result.ClusterSeconds:0.0},{result.Seconds:0.0},"
                + $"\"{result.Note.ReplaceLineEndings(" ").Replace('"', '\'')}\""
        );

    private static CellResult Parse(string line)
    {
        var fields = line.Split(',', 9);
        return new CellResult(
            fields[0],
            int.Parse(fields[1]),
            int.Parse(fields[2]),
            fields[3],
            Number(4),
            Number(5),
            Number(6),
            Number(7),
            fields[8].Trim('"')
        );

        double Number(int field) => double.Parse(fields[field], CultureInfo.InvariantCulture);
    }
}
