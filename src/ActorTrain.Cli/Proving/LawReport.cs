using System.Text.Json;
using System.Text.Json.Serialization;
using ActorTrain.CommandLine.Display;
using ActorTrain.Files;
using ActorTrain.Job;
using ActorTrain.Sentences;

namespace ActorTrain.Cli.Proving;

/// <summary>The measurements of all laws, or of some.</summary>
/// <param name="Laws">The laws.</param>
/// <param name="Seconds">Duration of the measurement.</param>
internal sealed record LawReport(IReadOnlyList<MeasuredLaw> Laws, double Seconds)
{
    /// <summary>Whether all hold.</summary>
    public bool Holds => Laws.All(law => law.Holds);

    /// <summary>The result, in one line.</summary>
    [JsonIgnore]
    public string Line =>
        Holds
            ? $"laws: {Laws.Count} of {Laws.Count} hold, in {Plural.Format(Laws.Sum(law => law.Rows.Count), "case")}, "
                + $"after {Figures.Duration(Seconds)}"
            : $"laws: {string.Join(", ", Laws.Where(law => !law.Holds).Select(law => $"{law.Number} ({law.Name})"))} "
                + $"of {Laws.Count} broken, after {Figures.Duration(Seconds)}";

    /// <summary>The report as indented JSON with camelCase keys; a number that is not finite is <c>null</c>.</summary>
    public string Serialize() => JsonSerializer.Serialize(this, LawReportContext.Default.LawReport) + "\n";

    /// <summary>Writes the report to a file.</summary>
    /// <exception cref="ActorTrainException">The file cannot be written.</exception>
    public Task WriteFileAsync(string path, CancellationToken cancellation) =>
        WholeFile.WriteAsync(path, Serialize(), "the report", cancellation);
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(FiniteNumberConverter)]
)]
[JsonSerializable(typeof(LawReport))]
internal sealed partial class LawReportContext : JsonSerializerContext;
