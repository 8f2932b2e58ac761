using System.Text;

namespace ActorTrain.Engines;

/// <summary>A description of a data set, compared between workers.</summary>
/// <param name="Name">Its name, such as <c>fashion-mnist</c>.</param>
/// <param name="TrainSamples">Number of training samples.</param>
/// <param name="TestSamples">Number of test samples.</param>
/// <param name="Fingerprint">Hexadecimal digits that differ when any sample does.</param>
public sealed record DatasetDescription(string Name, int TrainSamples, int TestSamples, string Fingerprint)
{
    /// <summary>
    /// The maximum length of all <see cref="ClassNames"/> together, in bytes of UTF-8: a description is sent in
    /// messages of bounded size.
    /// </summary>
    public const int MostClassNames = 16 * 1024;

    /// <summary>Number of classes; 0 for regression, or where it is not known.</summary>
    public int Classes { get; init; }

    /// <summary>
    /// The name of each class, by its number. Empty where they have none, and where all names together are longer than
    /// <see cref="MostClassNames"/>: then messages, report and saved model have only the number of
    /// <see cref="Classes"/>.
    /// </summary>
    public IReadOnlyList<string> ClassNames
    {
        get;
        init => field = IsBounded(value) ? value.ToArray() : [];
    } = [];

    /// <summary>
    /// Mean of the normalisation of inputs, (value − mean) / deviation; null where they are not normalised, or where it
    /// is not known.
    /// </summary>
    public float? Mean { get; init; }

    /// <summary>Deviation of the normalisation; null likewise.</summary>
    public float? Deviation { get; init; }

    /// <summary>
    /// The data set that is used instead of the job's, which is not on the node, such as <c>the built-in subset</c>;
    /// null where it is the job's.
    /// </summary>
    public string? Substitute { get; init; }

    private static bool IsBounded(IReadOnlyList<string> names) =>
        names.Sum(name => (long)Encoding.UTF8.GetByteCount(name)) <= MostClassNames;
}
