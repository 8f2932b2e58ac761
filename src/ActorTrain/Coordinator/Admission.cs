using System.Globalization;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Worker;

namespace ActorTrain.Coordinator;

/// <summary>
/// Decides whether a worker fits a job: it must have the same model and data set as the worker that
/// came first, for their gradients to be of one and the same function.
/// </summary>
internal sealed class Admission(string firstNode, WorkerProtocol.Prepared first)
{
    /// <summary>The node that came first.</summary>
    public string FirstNode => firstNode;

    /// <summary>What it said of itself.</summary>
    public WorkerProtocol.Prepared First => first;

    public ModelDescription Model => first.Model;

    public DatasetDescription Dataset => first.Dataset;

    /// <summary>The data set as report and saved model tell it.</summary>
    public DatasetSummary DatasetSummary =>
        new(Dataset.Name, Dataset.TrainSamples, Dataset.TestSamples, Dataset.Fingerprint)
        {
            Classes = Dataset.Classes > 0 ? Dataset.Classes : null,
            ClassNames = Dataset.ClassNames.Count > 0 ? Dataset.ClassNames : null,
            Mean = Dataset.Mean,
            Deviation = Dataset.Deviation,
            Substitute = Dataset.Substitute,
        };

    /// <summary>The first difference, with both sides named; null when the worker fits.</summary>
    public string? Judge(string node, WorkerProtocol.Prepared candidate)
    {
        if (candidate.Model.Name != first.Model.Name)
            return $"model is {candidate.Model.Name} at {node} and {first.Model.Name} at {firstNode}";
        if (candidate.Model.MetricName != first.Model.MetricName)
            return $"the metric of model {first.Model.Name} is {candidate.Model.MetricName} at {node} and "
                + $"{first.Model.MetricName} at {firstNode}; run the same program on both";
        return candidate.Model.Parameters.FirstDifference(first.Model.Parameters, node, firstNode)
            ?? candidate.Model.State.FirstDifference(first.Model.State, node, firstNode)
            ?? DatasetDifference(node, candidate.Dataset);
    }

    private string? DatasetDifference(string node, DatasetDescription dataset)
    {
        var mine = first.Dataset;
        if (dataset.Name != mine.Name)
            return Differ("the data set is", dataset.Name, mine.Name);
        if (dataset.TrainSamples != mine.TrainSamples)
            return Differ(
                $"{mine.Name} has",
                Plural.Of(dataset.TrainSamples, "training sample"),
                Plural.Number(mine.TrainSamples)
            );
        if (dataset.TestSamples != mine.TestSamples)
            return Differ(
                $"{mine.Name} has",
                Plural.Of(dataset.TestSamples, "test sample"),
                Plural.Number(mine.TestSamples)
            );
        if (dataset.Fingerprint != mine.Fingerprint)
            return Differ($"fingerprint of {mine.Name} is", dataset.Fingerprint, mine.Fingerprint);
        if (dataset.Classes != mine.Classes)
            return Differ(
                $"{mine.Name} has",
                Plural.Of(dataset.Classes, "class", "classes"),
                Plural.Number(mine.Classes)
            );
        var (names, ours) = (dataset.ClassNames, mine.ClassNames);
        if (names.Count != ours.Count)
            return Differ(
                $"{mine.Name} has",
                Plural.Of(names.Count, "name of a class", "names of classes"),
                Plural.Number(ours.Count)
            );
        for (var i = 0; i < names.Count; i++)
            if (names[i] != ours[i])
                return Differ($"class {i} of {mine.Name} is", names[i], ours[i]);
        return Differs(dataset.Mean, mine.Mean) || Differs(dataset.Deviation, mine.Deviation)
            ? Differ($"inputs of {mine.Name} are normalised by", Normalization(dataset), Normalization(mine))
            : null;

        string Differ(string what, string there, string here) =>
            $"{what} {there} at {node} and {here} at {firstNode}; give both the same data";
    }

    // Two machines may round the last digit of what each has computed from the same samples.
    private static bool Differs(float? one, float? other) =>
        one is { } first && other is { } second
            ? Math.Abs(first - second) > 1e-5f * Math.Max(1, Math.Abs(first))
            : one.HasValue != other.HasValue;

    private static string Normalization(DatasetDescription dataset) =>
        dataset is { Mean: { } mean, Deviation: { } deviation }
            ? string.Create(CultureInfo.InvariantCulture, $"mean {mean} and deviation {deviation}")
            : "nothing";
}
