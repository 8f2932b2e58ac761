using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>Turns images of a set into the tensors of a batch. Its memory is used again for every batch, and grows to the largest.</summary>
internal sealed class BatchBuffer(ImageShape shape, Normalization normalization, TorchDevice device) : IDisposable
{
    private readonly float[] _table = normalization.Table();
    private FlatVector? _images;
    private long[] _labels = [];
    private int _capacity;

    /// <summary>The images at some indices, varied by a seed, [n, channels, height, width] f32, and their labels, [n] i64. Valid until the next call.</summary>
    public (Tensor Images, Tensor Labels) Fill(ImageSet set, ReadOnlySpan<int> samples, Augmentation augmentation, long seed)
    {
        var images = Reserve(samples.Length);
        var random = new SplitMix64(seed);
        var pixels = images.Memory.Span;
        var labels = set.Labels.Span;
        for (var i = 0; i < samples.Length; i++)
        {
            augmentation.Write(set.Image(samples[i]), shape, _table, ref random, pixels.Slice(i * shape.Length, shape.Length));
            _labels[i] = labels[samples[i]];
        }
        images.Send();
        return (
            ChannelsLast(images.Tensor, samples.Length),
            tensor(_labels.AsMemory(0, samples.Length), [samples.Length], device: device.Device));
    }

    public void Dispose() => _images?.Dispose();

    // Convolutions, pooling and normalisation run up to twice as fast on a processor when the channels of a pixel lie side by side;
    // every layer passes the layout of its input on. With one channel both layouts are the same bytes, and only the strides tell.
    private Tensor ChannelsLast(Tensor pixels, int count)
    {
        if (shape.Channels == 1) return pixels.as_strided([count, 1, shape.Height, shape.Width], [shape.Length, 1, shape.Width, 1]);
        using var planes = pixels.narrow(0, 0, count * shape.Length).view(count, shape.Channels, shape.Height, shape.Width);
        return planes.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    private FlatVector Reserve(int samples)
    {
        if (_images is not null && samples <= _capacity) return _images;
        _images?.Dispose();
        _capacity = samples;
        _labels = new long[samples];
        return _images = new FlatVector(checked(samples * shape.Length), device);
    }
}
