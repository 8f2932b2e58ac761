using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Serialization;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Laws;

namespace ActorTrain.Cli.Proving;

/// <summary>A law with its measurements.</summary>
/// <param name="Number">Its number in the catalog, from 1.</param>
/// <param name="Name">Its short name.</param>
/// <param name="Statement">What it says.</param>
/// <param name="Source">Its authors and publication.</param>
/// <param name="Rows">Its cases.</param>
/// <param name="Seconds">Duration of the measurement.</param>
internal sealed record MeasuredLaw(
    int Number,
    string Name,
    string Statement,
    string Source,
    IReadOnlyList<LawRow> Rows,
    double Seconds
)
{
    /// <summary>Whether it holds, in each case.</summary>
    public bool Holds => Rows.All(row => row.Holds);

    /// <summary>The law and its source, in one line.</summary>
    [JsonIgnore]
    public string Heading => FormattableString.Invariant($"{Number}. {Statement} {Source}. ({Seconds:0.0} s)");

    /// <summary>Measures a law, on all cores.</summary>
    public static MeasuredLaw Measure(int number, ILaw law, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var rows = Partitioner
            .Create(law.Cases(Effort.Full), EnumerablePartitionerOptions.NoBuffering)
            .AsParallel()
            .AsOrdered()
            .WithCancellation(cancellation)
            .Select(Row)
            .ToList();
        return new MeasuredLaw(number, law.Name, law.Statement, law.Source, rows, watch.Elapsed.TotalSeconds);
    }

    private static LawRow Row(Func<LawRow> measure)
    {
        try
        {
            return measure();
        }
        catch (SimulationFailedException failure)
        {
            return LawRow.Failed(failure.Message.Split('\n')[0]);
        }
    }
}
