using System.Globalization;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;

namespace ActorTrain.Coordinator;

/// <summary>
/// Decides whether a worker fits a job: it must have the same model and data set as the first worker, so that their
/// gradients are of the same function.
/// </summary>
internal sealed class Admission(string firstNode, WorkerProtocol.Prepared first)
{
    /// <summary>The node of the first worker.</summary>
    public string FirstNode => firstNode;

    /// <summary>Its model, data set and device.</summary>
    public WorkerProtocol.Prepared First => first;

    public ModelDescription Model => first.Model;

    public DatasetDescription Dataset => first.Dataset;

    /// <summary>The data set as it is in the report and the saved model.</summary>
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
    public string? RefusalOf(string node, WorkerProtocol.Prepared candidate)
    {
        if (candidate.Model.Name != first.Model.Name)
            return $"model is {candidate.Model.Name} at {node} and {first.Model.Name} at {firstNode}";
        if (candidate.Model.MetricName != first.Model.MetricName)
            return $"the metric of model {first.Model.Name} is {candidate.Model.MetricName} at {node} and "
                + $"{first.Model.MetricName} at {firstNode}; run the same program on both";
        return candidate.Model.Parameters.FirstDifference(first.Model.Parameters, node, firstNode)
            ?? candidate.Model.Buffers.FirstDifference(first.Model.Buffers, node, firstNode)
            ?? DatasetDifference(node, candidate.Dataset);
    }

    private string? DatasetDifference(string node, DatasetDescription dataset)
    {
        var expected = first.Dataset;
        if (dataset.Name != expected.Name)
            return Differ("the data set is", dataset.Name, expected.Name);
        if (dataset.TrainSamples != expected.TrainSamples)
            return Differ(
                $"{expected.Name} has",
                Plural.Format(dataset.TrainSamples, "training sample"),
                Plural.Number(expected.TrainSamples)
            );
        if (dataset.TestSamples != expected.TestSamples)
            return Differ(
                $"{expected.Name} has",
                Plural.Format(dataset.TestSamples, "test sample"),
                Plural.Number(expected.TestSamples)
            );
        if (dataset.Fingerprint != expected.Fingerprint)
            return Differ($"fingerprint of {expected.Name} is", dataset.Fingerprint, expected.Fingerprint);
        if (dataset.Classes != expected.Classes)
            return Differ(
                $"{expected.Name} has",
                Plural.Format(dataset.Classes, "class", "classes"),
                Plural.Number(expected.Classes)
            );
        var (names, expectedNames) = (dataset.ClassNames, expected.ClassNames);
        if (names.Count != expectedNames.Count)
            return Differ(
                $"{expected.Name} has",
                Plural.Format(names.Count, "name of a class", "names of classes"),
                Plural.Number(expectedNames.Count)
            );
        for (var i = 0; i < names.Count; i++)
            if (names[i] != expectedNames[i])
                return Differ($"class {i} of {expected.Name} is", names[i], expectedNames[i]);
        return Differs(dataset.Mean, expected.Mean) || Differs(dataset.Deviation, expected.Deviation)
            ? Differ($"inputs of {expected.Name} are normalised by", Normalization(dataset), Normalization(expected))
            : null;

        string Differ(string what, string there, string here) =>
            $"{what} {there} at {node} and {here} at {firstNode}; give both the same data";
    }

    // Two machines may round the same mean differently.
    private static bool Differs(float? one, float? other) =>
        one is { } first && other is { } second
            ? Math.Abs(first - second) > 1e-5f * Math.Max(1, Math.Abs(first))
            : one.HasValue != other.HasValue;

    private static string Normalization(DatasetDescription dataset) =>
        dataset is { Mean: { } mean, Deviation: { } deviation }
            ? string.Create(CultureInfo.InvariantCulture, $"mean {mean} and deviation {deviation}")
            : "nothing";
}
