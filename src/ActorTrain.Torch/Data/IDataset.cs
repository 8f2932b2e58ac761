using ActorTrain.Engines;

namespace ActorTrain.Torch.Data;

/// <summary>
/// Samples to train on and samples to test on, each an input and its target. Every worker of a job must have the same:
/// they compare the <see cref="Description"/>. Several engines read one data set at the same time, so reading must not
/// change it.
/// </summary>
/// <remarks>
/// Ready to use: <see cref="ArrayDataset"/> for arrays, <see cref="CsvFile"/> for tables,
/// <see cref="ImageFolder"/> for a folder of images by class, <see cref="FashionMnist"/>.
/// </remarks>
public interface IDataset
{
    /// <summary>
    /// Name, number of samples, and fingerprint, which must differ when any sample does; <see cref="Data.Fingerprint"/>
    /// computes one.
    /// </summary>
    DatasetDescription Description { get; }

    /// <summary>
    /// Shape of one input, without the batch: [channels, height, width] for images, [features] for a table. A batch is
    /// [n, …] f32.
    /// </summary>
    IReadOnlyList<long> InputShape { get; }

    /// <summary>
    /// Number of classes, where the target is one: then a batch of targets is [n] i64. 0: targets are numbers of
    /// <see cref="TargetShape"/>.
    /// </summary>
    int Classes { get; }

    /// <summary>
    /// The name of each class, in the order of their numbers; empty where they have no names. The saved model and the
    /// report contain them, as far as <see cref="DatasetDescription.ClassNames"/> holds them.
    /// </summary>
    IReadOnlyList<string> ClassNames => [];

    /// <summary>How bytes were converted to inputs, for the saved model and the report; null where it is not
    /// known.</summary>
    Normalization? Normalization => null;

    /// <summary>
    /// Shape of one target that is not a class, without the batch, such as [1]. A batch is [n, …] f32. Empty where
    /// there are <see cref="Classes"/>.
    /// </summary>
    IReadOnlyList<long> TargetShape { get; }

    /// <summary>
    /// Reads a training sample. Any exception is reported with the data set's name and the sample's index; after an
    /// <see cref="IOException"/>, which may be temporary, reading is tried again.
    /// </summary>
    /// <param name="index">In [0, <c>Description.TrainSamples</c>).</param>
    /// <param name="input">Room for the input, every element to be written, the last dimension varying fastest.</param>
    /// <param name="target">Room for the target likewise; for a class one element, in [0,
    /// <see cref="Classes"/>).</param>
    void ReadTrain(int index, Span<float> input, Span<float> target);

    /// <summary>Reads a test sample.</summary>
    /// <param name="index">In [0, <c>Description.TestSamples</c>).</param>
    /// <param name="input">Room for the input, as in <see cref="ReadTrain"/>.</param>
    /// <param name="target">Room for the target, as in <see cref="ReadTrain"/>.</param>
    void ReadTest(int index, Span<float> input, Span<float> target);
}
