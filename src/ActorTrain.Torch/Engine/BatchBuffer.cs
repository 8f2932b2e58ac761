using ActorTrain.Sentences;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Turns samples of a data set into the tensors of a batch. Its memory is used again for every batch, and grows to the
/// largest.
/// </summary>
/// <param name="dataset">The data set.</param>
/// <param name="reader">Reads it.</param>
/// <param name="device">Where the tensors are to be.</param>
/// <param name="channelsLast">
/// Whether images have the channels of a pixel side by side in memory: every layer passes the layout of its input on.
/// </param>
/// <param name="copies">Whether tensors are given that stay what they are when the next batch comes: somebody may keep
/// them.</param>
internal sealed class BatchBuffer(
    IDataset dataset,
    IBatchReader reader,
    TorchDevice device,
    bool channelsLast,
    bool copies = false
) : IDisposable
{
    private readonly int _inputLength = SampleShape.LengthOf(dataset.Description.Name, "input", dataset.InputShape);
    private readonly int _targetLength =
        dataset.Classes > 0 ? 1 : SampleShape.LengthOf(dataset.Description.Name, "target", dataset.TargetShape);
    private readonly long[] _inputShape = [.. dataset.InputShape],
        _targetShape = dataset.Classes > 0 ? [] : [.. dataset.TargetShape];
    private FlatVector? _inputs,
        _targets;
    private long[] _classes = [];
    private int _capacity;

    /// <summary>Samples that one batch can have: their numbers lie in one vector.</summary>
    public int MostSamples => FlatVector.MostNumbers / Math.Max(_inputLength, _targetLength);

    /// <summary>
    /// The samples at some indices, [n, input shape] f32, and their targets, [n] i64 of classes or [n, target shape]
    /// f32. Valid until the next call.
    /// </summary>
    public (Tensor Inputs, Tensor Targets) Fill(ReadOnlySpan<int> samples, long seed)
    {
        Reserve(samples.Length);
        var targets = _targets!.Memory.Span[..(samples.Length * _targetLength)];
        reader.Read(samples, seed, _inputs!.Memory.Span[..(samples.Length * _inputLength)], targets);
        _inputs.Send();
        var (given, wanted) = (
            Inputs(_inputs.Tensor, samples.Length),
            dataset.Classes > 0 ? ClassesOf(targets) : Numbers(samples.Length)
        );
        return copies ? (given.clone(), dataset.Classes > 0 ? wanted : wanted.clone()) : (given, wanted);
    }

    public void Dispose()
    {
        _inputs?.Dispose();
        _targets?.Dispose();
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

    /// <summary>The first of the samples filled in last that holds a number that is not finite, by its place among
    /// them, with where; null where there is none.</summary>
    public (int Place, string Where)? FirstNotFinite(int samples)
    {
        for (var i = 0; i < samples; i++)
        {
            if (!TensorPrimitives.IsFiniteAll<float>(_inputs!.Memory.Span.Slice(i * _inputLength, _inputLength)))
                return (i, "input");
            if (!TensorPrimitives.IsFiniteAll<float>(_targets!.Memory.Span.Slice(i * _targetLength, _targetLength)))
                return (i, "target");
        }
        return null;
    }

    private void Reserve(int samples)
    {
        if (_inputs is not null && samples <= _capacity)
            return;
        // As a shortage of memory, for which half as many samples are the remedy.
        if (samples > MostSamples)
            throw new InsufficientMemoryException(
                $"A batch of {Plural.Of(samples, "sample")} of {Plural.Of(_inputLength, "number")} is more than one "
                    + $"vector holds, which is {FlatVector.MostNumbers}."
            );
        Dispose();
        // If there is no memory for one of them, there is none of either.
        (_inputs, _targets) = (null, null);
        _classes = new long[dataset.Classes > 0 ? samples : 0];
        var inputs = new FlatVector(samples * _inputLength, device);
        (_inputs, _targets, _capacity) = (inputs, new FlatVector(samples * _targetLength, device), samples);
    }
}
