using ActorTrain.Engines;
using ActorTrain.Sentences;

namespace ActorTrain.Torch.Data;

/// <summary>A data set of arrays in memory: up to 2³¹ − 1 numbers of input and as many of target, 8 GiB each.</summary>
/// <remarks>
/// An invalid class is refused when the data set is created. Other numbers are kept, also where they are not finite:
/// the engine finds those later, and names the sample.
/// </remarks>
public sealed class ArrayDataset : IDataset
{
    private readonly Samples _train,
        _test;
    private readonly int _inputLength,
        _targetLength;

    private ArrayDataset(
        string name,
        IReadOnlyList<long> inputShape,
        int classes,
        IReadOnlyList<long> targetShape,
        Samples train,
        Samples test,
        IReadOnlyList<string> classNames
    )
    {
        (_train, _test, Classes, ClassNames) = (train, test, classes, classNames);
        (InputShape, TargetShape) = (inputShape, targetShape);
        _inputLength = SampleShape.LengthOf(name, "input", inputShape);
        _targetLength = classes > 0 ? 1 : SampleShape.LengthOf(name, "target", targetShape);
        Data.ClassNames.Check(name, classNames, classes);
        Description = new DatasetDescription(
            name,
            Count(name, "training", train),
            Count(name, "test", test),
            Fingerprint.Compute(train.Inputs, train.Targets, test.Inputs, test.Targets)
        );
        if (classes == 0)
            return;
        CheckClasses("training", train);
        CheckClasses("test", test);
    }

    /// <summary>Creates a data set whose targets are classes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputShape">Shape of one input, such as [1, 28, 28] or [13].</param>
    /// <param name="classes">Number of classes, ≥ 2.</param>
    /// <param name="train">Samples to train on.</param>
    /// <param name="test">Samples to test on; <see cref="Samples.None"/> where there are none.</param>
    /// <param name="classNames">The name of each class, in the order of their numbers; null for no names.</param>
    /// <exception cref="ActorTrainException">
    /// Lengths do not fit the shape; a class is invalid, and the message names the sample; or there are names, but not
    /// one a class.
    /// </exception>
    public static ArrayDataset ForClassification(
        string name,
        IReadOnlyList<long> inputShape,
        int classes,
        Samples train,
        Samples test,
        IReadOnlyList<string>? classNames = null
    ) =>
        classes < 2
            ? throw new ActorTrainException(
                $"data set {name}: it has {Plural.Format(classes, "class", "classes")}; it must have 2 or more"
            )
            : new(name, inputShape, classes, [], train, test, classNames ?? []);

    /// <summary>Creates a data set whose targets are numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputShape">Shape of one input.</param>
    /// <param name="targetShape">Shape of one target, such as [1].</param>
    /// <param name="train">Samples to train on.</param>
    /// <param name="test">Samples to test on; <see cref="Samples.None"/> where there are none.</param>
    /// <exception cref="ActorTrainException">Lengths do not fit the shapes.</exception>
    public static ArrayDataset ForRegression(
        string name,
        IReadOnlyList<long> inputShape,
        IReadOnlyList<long> targetShape,
        Samples train,
        Samples test
    ) => new(name, inputShape, 0, targetShape, train, test, []);

    /// <inheritdoc/>
    public DatasetDescription Description { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> InputShape { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> TargetShape { get; }

    /// <inheritdoc/>
    public void ReadTrain(int index, Span<float> input, Span<float> target) => Read(_train, index, input, target);

    /// <inheritdoc/>
    public void ReadTest(int index, Span<float> input, Span<float> target) => Read(_test, index, input, target);

    private void Read(Samples samples, int index, Span<float> input, Span<float> target)
    {
        SliceOf(samples.Inputs, index, _inputLength).CopyTo(input);
        SliceOf(samples.Targets, index, _targetLength).CopyTo(target);
    }

    // Checked: the offset of an index that does not exist could overflow to that of another sample.
    private static ReadOnlySpan<float> SliceOf(ReadOnlyMemory<float> numbers, int index, int length) =>
        numbers.Span.Slice(checked(index * length), length);

    private int Count(string name, string which, Samples samples)
    {
        var count = samples.Targets.Length / _targetLength;
        var (inputs, targets) = ((long)count * _inputLength, (long)count * _targetLength);
        return inputs == samples.Inputs.Length && targets == samples.Targets.Length
            ? count
            : throw new ActorTrainException(
                $"data set {name}: its {which} samples have {Plural.Format(samples.Inputs.Length, "number")} of input "
                    + $"and {samples.Targets.Length} of target; a sample has {_inputLength} and {_targetLength}"
            );
    }

    private void CheckClasses(string which, Samples samples)
    {
        var targets = samples.Targets.Span;
        for (var i = 0; i < targets.Length; i++)
            Targets.CheckClass(Description.Name, which, i, targets[i], Classes);
    }
}
