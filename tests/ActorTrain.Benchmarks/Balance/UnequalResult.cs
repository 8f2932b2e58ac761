using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;

namespace ActorTrain.Benchmarks.Balance;

/// <summary>Measurements of a fast worker alone, a slow one alone, and both, in rounds.</summary>
internal sealed class UnequalResult
{
    /// <summary>Speed of the slow worker, as a part of the fast one's.</summary>
    public const double Slow = 0.25;

    private readonly List<Round> _rounds = [];

    /// <summary>One round.</summary>
    /// <param name="Fast">The fast one alone.</param>
    /// <param name="Slow">The slow one alone.</param>
    /// <param name="Together">Both.</param>
    /// <param name="Parts">The work of each; empty if it is not known.</param>
    public sealed record Round(Measured Fast, Measured Slow, Measured Together, IReadOnlyList<WorkerPart> Parts)
    {
        /// <summary>
        /// Images a second of both at once in separate clusters: what the machine allows two independent processes.
        /// </summary>
        public double? Apart { get; init; }

        public double Alone => Fast.Throughput + Slow.Throughput;
    }

    /// <summary>Number of complete rounds.</summary>
    public int Rounds => _rounds.Count;

    public void Add(Round round) => _rounds.Add(round);

    public void AddTo(Table table, string job, string name)
    {
        Alone("the fast one alone", round => round.Fast);
        Alone("the slow one alone", round => round.Slow);
        if (_rounds[0].Apart is not null)
            table.Add(
                job,
                $"{name}, both, in separate clusters",
                Measured.Whole(Median(round => round.Apart!.Value)),
                Text(round => round.Apart!.Value / round.Alone, "0.00"),
                "",
                "",
                "",
                ""
            );
        var parts = Enumerable.Range(0, _rounds[0].Parts.Count);
        table.Add(
            job,
            $"{name}, both",
            Throughput(round => round.Together),
            Text(round => round.Together.Throughput / round.Alone, "0.00"),
            Text(round => round.Together.Throughput / (2 * round.Slow.Throughput), "0.00"),
            WorkerPart.Each(parts.Select(i => Median(round => round.Parts[i].Share)), "0.00"),
            WorkerPart.Each(parts.Select(i => Median(round => round.Parts[i].MicroBatch)), "0"),
            _rounds[0].Parts.Count > 0 ? Text(round => round.Together.Staleness, "0.0") : ""
        );

        void Alone(string what, Func<Round, Measured> select) =>
            table.Add(job, $"{name}, {what}", Throughput(select), "", "", "", "", "");
    }

    private string Throughput(Func<Round, Measured> select) =>
        Measured.Whole(Median(round => select(round).Throughput));

    private string Text(Func<Round, double> value, string format) =>
        Median(value).ToString(format, CultureInfo.InvariantCulture);

    private double Median(Func<Round, double> value) => _rounds.Select(value).Median();
}
