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
            images.Tensor.narrow(0, 0, samples.Length * shape.Length).view(samples.Length, shape.Channels, shape.Height, shape.Width),
            tensor(_labels.AsMemory(0, samples.Length), [samples.Length], device: device.Device));
    }

    public void Dispose() => _images?.Dispose();

    private FlatVector Reserve(int samples)
    {
        if (_images is not null && samples <= _capacity) return _images;
        _images?.Dispose();
        _capacity = samples;
        _labels = new long[samples];
        return _images = new FlatVector(checked(samples * shape.Length), device);
    }
}
