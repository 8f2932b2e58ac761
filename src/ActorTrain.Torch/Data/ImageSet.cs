using System.Buffers.Binary;
using ActorTrain.Sentences;

namespace ActorTrain.Torch.Data;

/// <summary>Labelled images, as bytes one after the other.</summary>
public sealed class ImageSet
{
    /// <summary>Wraps images and their labels, one label an image.</summary>
    public ImageSet(ImageShape shape, ReadOnlyMemory<byte> images, ReadOnlyMemory<int> labels)
    {
        var length = (long)shape.Channels * shape.Height * shape.Width;
        if (length is < 1 or > int.MaxValue)
            throw new ArgumentException(
                $"an image of {shape.Channels}×{shape.Height}×{shape.Width} has {Plural.Format(length, "byte")}; "
                    + $"it must have 1 to {int.MaxValue}",
                nameof(shape)
            );
        if (images.Length != labels.Length * length)
            throw new ArgumentException(
                $"{Plural.Format(images.Length, "byte is", "bytes are")} not "
                    + $"{Plural.Format(labels.Length, "image")} of {Plural.Format(shape.Length, "byte")}",
                nameof(images)
            );
        (Shape, Images, Labels) = (shape, images, labels);
    }

    /// <summary>The size of every image.</summary>
    public ImageShape Shape { get; }

    /// <summary>The pixels, [<see cref="Count"/>, channels, height, width] u8, 0 is black.</summary>
    public ReadOnlyMemory<byte> Images { get; }

    /// <summary>The class of each image, [<see cref="Count"/>] i32.</summary>
    public ReadOnlyMemory<int> Labels { get; }

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The pixels of one image.</summary>
    public ReadOnlySpan<byte> Image(int index) => Images.Span.Slice(checked(index * Shape.Length), Shape.Length);

    /// <summary>The labels as bytes for a fingerprint: one each up to 256 classes, four each beyond.</summary>
    internal byte[] LabelBytes(int classes)
    {
        var bytes = new byte[classes <= 256 ? Count : 4 * Count];
        for (var i = 0; i < Count; i++)
        {
            if (classes <= 256)
                bytes[i] = checked((byte)Labels.Span[i]);
            else
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), Labels.Span[i]);
        }
        return bytes;
    }
}
