using ActorTrain.Worker;

namespace ActorTrain.Torch.Data;

/// <summary>A data set of arrays in memory.</summary>
public sealed class ArrayDataset : IDataset
{
    private readonly Samples _train, _test;
    private readonly int _inputLength, _targetLength;

    private ArrayDataset(string name, IReadOnlyList<long> inputShape, int classes, IReadOnlyList<long> targetShape, Samples train, Samples test)
    {
        (_train, _test, InputShape, Classes, TargetShape) = (train, test, inputShape, classes, targetShape);
        (_inputLength, _targetLength) = (SampleShape.LengthOf(name, "input", inputShape), classes > 0 ? 1 : SampleShape.LengthOf(name, "target", targetShape));
        Description = new DatasetDescription(
            name, Count(name, "training", train), Count(name, "test", test), Fingerprint.Of(train.Inputs, train.Targets, test.Inputs, test.Targets));
        if (classes == 0) return;
        CheckClasses("training", train);
        CheckClasses("test", test);
    }

    /// <summary>A data set whose targets are classes.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="inputShape">Shape of one input, such as [1, 28, 28] or [13].</param>
    /// <param name="classes">Number of classes, ≥ 2.</param>
    /// <param name="train">Samples to train on.</param>
    /// <param name="test">Samples to test on; <see cref="Samples.None"/> where there are none.</param>
    /// <exception cref="ActorTrainException">Lengths do not fit the shape, or a class is none of them; the message names the sample.</exception>
    public static ArrayDataset OfClasses(string name, IReadOnlyList<long> inputShape, int classes, Samples train, Samples test) => classes < 2
        ? throw new ActorTrainException($"data set {name}: it has {classes} classes; it must have 2 or more")
        : new(name, inputShape, classes, [], train, test);

    /// <summary>A data set whose targets are numbers.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="inputShape">Shape of one input.</param>
    /// <param name="targetShape">Shape of one target, such as [1].</param>
    /// <param name="train">Samples to train on.</param>
    /// <param name="test">Samples to test on; <see cref="Samples.None"/> where there are none.</param>
    /// <exception cref="ActorTrainException">Lengths do not fit the shapes.</exception>
    public static ArrayDataset OfNumbers(string name, IReadOnlyList<long> inputShape, IReadOnlyList<long> targetShape, Samples train, Samples test) =>
        new(name, inputShape, 0, targetShape, train, test);

    /// <inheritdoc/>
    public DatasetDescription Description { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> InputShape { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> TargetShape { get; }

    /// <inheritdoc/>
    public void ReadTrain(int index, Span<float> input, Span<float> target) => Read(_train, index, input, target);

    /// <inheritdoc/>
    public void ReadTest(int index, Span<float> input, Span<float> target) => Read(_test, index, input, target);

    private void Read(Samples samples, int index, Span<float> input, Span<float> target)
    {
        samples.Inputs.Span.Slice(index * _inputLength, _inputLength).CopyTo(input);
        samples.Targets.Span.Slice(index * _targetLength, _targetLength).CopyTo(target);
    }

    private int Count(string name, string which, Samples samples)
    {
        var count = samples.Targets.Length / _targetLength;
        return count * _targetLength == samples.Targets.Length && (long)count * _inputLength == samples.Inputs.Length ? count
            : throw new ActorTrainException(
                $"data set {name}: its {which} samples have {samples.Inputs.Length} numbers of input and {samples.Targets.Length} of target; "
                + $"a sample has {_inputLength} and {_targetLength}");
    }

    private void CheckClasses(string which, Samples samples)
    {
        var targets = samples.Targets.Span;
        for (var i = 0; i < targets.Length; i++) Targets.CheckClass(Description.Name, which, i, targets[i], Classes);
    }
}
