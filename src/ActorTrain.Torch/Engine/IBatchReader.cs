using ActorTrain.Engines;
using ActorTrain.Sentences;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Engine;

/// <summary>Reads the samples of a batch into memory, for a batch buffer.</summary>
internal interface IBatchReader
{
    /// <summary>Reads inputs and targets, one after the other.</summary>
    /// <param name="samples">Indices of the samples.</param>
    /// <param name="seed">Determines how training images are varied.</param>
    /// <param name="inputs">Room for [samples, input shape] f32.</param>
    /// <param name="targets">Room for [samples, target shape] f32; for classes [samples].</param>
    void Read(ReadOnlySpan<int> samples, long seed, Span<float> inputs, Span<float> targets);
}

/// <summary>Reads images, varied and normalised in one pass.</summary>
internal sealed class ImageReader(ImageSet set, Normalization normalization, Augmentation augmentation) : IBatchReader
{
    private readonly float[] _table = normalization.Table();

    public void Read(ReadOnlySpan<int> samples, long seed, Span<float> inputs, Span<float> targets)
    {
        var random = new SplitMix64(seed);
        var labels = set.Labels.Span;
        var length = set.Shape.Length;
        for (var i = 0; i < samples.Length; i++)
        {
            augmentation.Write(set.Image(samples[i]), set.Shape, _table, ref random, inputs.Slice(i * length, length));
            targets[i] = labels[samples[i]];
        }
    }
}

/// <summary>Reads the samples of any data set, and names the one that cannot be read.</summary>
internal sealed class SampleReader(IDataset dataset, bool train) : IBatchReader
{
    public void Read(ReadOnlySpan<int> samples, long seed, Span<float> inputs, Span<float> targets)
    {
        var (input, target) = (inputs.Length / samples.Length, targets.Length / samples.Length);
        for (var i = 0; i < samples.Length; i++)
            Read(samples[i], inputs.Slice(i * input, input), targets.Slice(i * target, target));
    }

    private void Read(int sample, Span<float> input, Span<float> target)
    {
        var (name, which) = (dataset.Description.Name, train ? "training" : "test");
        try
        {
            if (train)
                dataset.ReadTrain(sample, input, target);
            else
                dataset.ReadTest(sample, input, target);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            var sentence = $"data set {name}: {which} sample {sample} cannot be read: {failure.AsNamedClause()}";
            // A disk or a network may recover; any other failure would recur on every worker.
            throw failure is IOException
                ? new EngineFailedException(sentence, failure)
                : new ActorTrainException(sentence, failure);
        }
        if (dataset.Classes > 0)
            Targets.CheckClass(name, which, sample, target[0], dataset.Classes);
    }
}
