using ActorTrain.Engines;

namespace ActorTrain.Torch.Data;

/// <summary>Images to train on and images to test on. Immutable, so several engines share one.</summary>
public sealed class ImageDataset : IDataset
{
    private readonly float[] _table;

    /// <summary>Creates a data set.</summary>
    /// <param name="name">Its name in a job.</param>
    /// <param name="origin">Where it was read from, for a log: a folder, or the name of the built-in subset.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="test">Images to test on.</param>
    /// <param name="classes">Number of classes; every label is below it.</param>
    /// <param name="normalization">How bytes become numbers.</param>
    /// <exception cref="ActorTrainException">A label is not a class; the message names its image.</exception>
    public ImageDataset(
        string name,
        string origin,
        ImageSet train,
        ImageSet test,
        int classes,
        Normalization normalization
    )
        : this(name, origin, train, test, classes, normalization, substitute: null) { }

    // substitute: the name of the files that are used in place of the data set; null for the data set itself.
    internal ImageDataset(
        string name,
        string origin,
        ImageSet train,
        ImageSet test,
        int classes,
        Normalization normalization,
        string? substitute
    )
    {
        (Origin, Train, Test, Classes, Normalization) = (origin, train, test, classes, normalization);
        CheckLabels(name, "training", train);
        CheckLabels(name, "test", test);
        Description = new DatasetDescription(
            name,
            train.Count,
            test.Count,
            Fingerprint.Compute(train.Images, train.LabelBytes(classes), test.Images, test.LabelBytes(classes))
        )
        {
            Substitute = substitute,
        };
        (_table, InputShape) = (normalization.Table(), [train.Shape.Channels, train.Shape.Height, train.Shape.Width]);
    }

    /// <inheritdoc/>
    public DatasetDescription Description { get; }

    /// <summary>Where it was read from.</summary>
    public string Origin { get; }

    /// <summary>Notes for the user, such as skipped files: lines that a node writes once.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Names of the classes by their numbers; empty where they have none.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Images to train on.</summary>
    public ImageSet Train { get; }

    /// <summary>Images to test on.</summary>
    public ImageSet Test { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> InputShape { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> TargetShape => [];

    /// <summary>How bytes become numbers.</summary>
    public Normalization Normalization { get; }

    /// <inheritdoc/>
    public void ReadTrain(int index, Span<float> input, Span<float> target) => Read(Train, index, input, target);

    /// <inheritdoc/>
    public void ReadTest(int index, Span<float> input, Span<float> target) => Read(Test, index, input, target);

    private void CheckLabels(string name, string which, ImageSet set)
    {
        for (var i = 0; i < set.Count; i++)
            Targets.CheckClass(name, which, i, set.Labels.Span[i], Classes);
    }

    private void Read(ImageSet set, int index, Span<float> input, Span<float> target)
    {
        var pixels = set.Image(index);
        for (var i = 0; i < pixels.Length; i++)
            input[i] = _table[pixels[i]];
        target[0] = set.Labels.Span[index];
    }
}
