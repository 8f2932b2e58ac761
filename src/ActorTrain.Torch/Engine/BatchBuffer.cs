using ActorTrain.Sentences;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Reads samples of a data set into the tensors of a batch. All batches use the same memory, which grows to the
/// largest.
/// </summary>
/// <param name="dataset">The data set.</param>
/// <param name="reader">Reads it.</param>
/// <param name="device">Where the tensors must be.</param>
/// <param name="channelsLast">
/// Whether images have the channels of a pixel side by side in memory: every layer passes the layout of its input on.
/// </param>
/// <param name="copies">Whether each batch gets tensors of its own, because a user's code may keep them.</param>
internal sealed class BatchBuffer(
    IDataset dataset,
    IBatchReader reader,
    TorchDevice device,
    bool channelsLast,
    bool copies = false
) : IDisposable
{
    // Another stream than the forward's, of the same seed.
    private const long DataStream = -2;

    // A user's data set may draw random numbers.
    private readonly bool _mayDraw = dataset is not (ImageDataset or ArrayDataset);
    private readonly int _inputLength = SampleShape.LengthOf(dataset.Description.Name, "input", dataset.InputShape);
    private readonly int _targetLength =
        dataset.Classes > 0 ? 1 : SampleShape.LengthOf(dataset.Description.Name, "target", dataset.TargetShape);
    private readonly long[] _inputShape = [.. dataset.InputShape],
        _targetShape = dataset.Classes > 0 ? [] : [.. dataset.TargetShape];
    private FlatVector? _inputs,
        _targets;
    private long[] _classes = [];
    private int _capacity;

    /// <summary>The most samples that one batch can have: their numbers lie in one vector.</summary>
    public int MostSamples => FlatVector.MostNumbers / Math.Max(_inputLength, _targetLength);

    /// <summary>
    /// The samples at some indices, [n, input shape] f32, and their targets, [n] i64 of classes or [n, target shape]
    /// f32. Valid until the next call.
    /// </summary>
    public (Tensor Inputs, Tensor Targets) Fill(ReadOnlySpan<int> samples, long seed)
    {
        if (!_mayDraw)
            return Read(samples, seed);
        var indices = samples.ToArray();
        return RandomStream.Run(SplitMix64.Mix(seed, DataStream, 0), () => Read(indices, seed));
    }

    /// <summary>Checks the samples filled in last. A sample that is not finite gives no finite loss to any
    /// model.</summary>
    /// <param name="which">The set that they are of, for the message: training or test.</param>
    /// <param name="samples">Their indices.</param>
    /// <exception cref="ActorTrainException">One holds a number that is not finite.</exception>
    public void CheckFinite(string which, ReadOnlySpan<int> samples)
    {
        for (var i = 0; i < samples.Length; i++)
            if (FindNotFinite(i) is { } part)
                throw new ActorTrainException(
                    $"data set {dataset.Description.Name}: {which} sample {samples[i]} holds a number that is not "
                        + $"finite in its {part}; leave it out, or put a number in its place"
                );
    }

    public void Dispose()
    {
        _inputs?.Dispose();
        _targets?.Dispose();
    }

    private (Tensor Inputs, Tensor Targets) Read(ReadOnlySpan<int> samples, long seed)
    {
        Reserve(samples.Length);
        var numbers = _targets!.Memory.Span[..(samples.Length * _targetLength)];
        reader.Read(samples, seed, _inputs!.Memory.Span[..(samples.Length * _inputLength)], numbers);
        _inputs.Send();
        var inputs = Inputs(_inputs.Tensor, samples.Length);
        var targets = dataset.Classes > 0 ? ClassesOf(numbers) : Numbers(samples.Length);
        if (!copies)
            return (inputs, targets);
        // Classes are in a tensor of their own already.
        return (inputs.clone(), dataset.Classes > 0 ? targets : targets.clone());
    }

    private Tensor Inputs(Tensor values, int count)
    {
        if (!channelsLast || _inputShape.Length != 3)
            return values.narrow(0, 0, count * _inputLength).view([count, .. _inputShape]);
        var (channels, height, width) = (_inputShape[0], _inputShape[1], _inputShape[2]);
        // With one channel both layouts are the same bytes, and only the strides tell.
        if (channels == 1)
            return values.as_strided([count, 1, height, width], [_inputLength, 1, width, 1]);
        using var planes = values.narrow(0, 0, count * _inputLength).view(count, channels, height, width);
        return planes.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    private Tensor ClassesOf(ReadOnlySpan<float> targets)
    {
        for (var i = 0; i < targets.Length; i++)
            _classes[i] = (long)targets[i];
        return tensor(_classes.AsMemory(0, targets.Length), [targets.Length], device: device.Device);
    }

    private Tensor Numbers(int count)
    {
        _targets!.Send();
        return _targets.Tensor.narrow(0, 0, count * _targetLength).view([count, .. _targetShape]);
    }

    // The part of the sample that holds a number that is not finite; null where there is none.
    private string? FindNotFinite(int place)
    {
        if (!TensorPrimitives.IsFiniteAll<float>(_inputs!.Memory.Span.Slice(place * _inputLength, _inputLength)))
            return "input";
        return TensorPrimitives.IsFiniteAll<float>(_targets!.Memory.Span.Slice(place * _targetLength, _targetLength))
            ? null
            : "target";
    }

    private void Reserve(int samples)
    {
        if (_inputs is not null && samples <= _capacity)
            return;
        // Reported as a shortage of memory, after which the batch is halved.
        if (samples > MostSamples)
            throw new InsufficientMemoryException(
                $"A batch of {Plural.Format(samples, "sample")} of {Plural.Format(_inputLength, "number")} is more "
                    + $"than one vector holds, which is {FlatVector.MostNumbers}."
            );
        Dispose();
        // If there is memory for only one of them, neither is kept.
        (_inputs, _targets) = (null, null);
        _classes = new long[dataset.Classes > 0 ? samples : 0];
        var inputs = new FlatVector(samples * _inputLength, device);
        (_inputs, _targets, _capacity) = (inputs, new FlatVector(samples * _targetLength, device), samples);
    }
}
