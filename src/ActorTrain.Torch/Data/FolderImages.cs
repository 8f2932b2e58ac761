using System.Runtime.ExceptionServices;
using ActorTrain.Sentences;
using ActorTrain.Torch.Data.Images;

namespace ActorTrain.Torch.Data;

/// <summary>Decodes the image files of a folder, all of one size, into one array.</summary>
/// <param name="folder">The folder, for errors.</param>
/// <param name="files">Its image files.</param>
/// <param name="channels">1 for grey, 3 for colour.</param>
/// <param name="shape">The size that all must have; null for that of the first.</param>
internal sealed class FolderImages(string folder, IReadOnlyList<ClassImage> files, int channels, ImageShape? shape)
{
    private readonly Lock _gate = new();
    private ImageShape? _shape = shape;
    private byte[] _pixels = [];
    private (long Index, Exception? Error) _failure = (long.MaxValue, null);

    /// <summary>Decodes all files.</summary>
    /// <exception cref="ActorTrainException">One cannot be used; the message names the first of them.</exception>
    public ImageSet Read()
    {
        if (files.Count > 0)
        {
            Decode(0);
            // In parallel, since a decoder uses one core.
            Parallel.For(1, files.Count, DecodeOrBreak);
            if (_failure.Error is not null)
                ExceptionDispatchInfo.Throw(_failure.Error);
        }
        return new ImageSet(_shape!.Value, _pixels, files.Select(file => file.Class).ToArray());
    }

    private void DecodeOrBreak(int index, ParallelLoopState loop)
    {
        try
        {
            Decode(index);
        }
        catch (ActorTrainException error)
        {
            // Earlier images are still decoded, so that the first failure by order is reported, not by time.
            loop.Break();
            lock (_gate)
                if (index < _failure.Index)
                    _failure = (index, error);
        }
    }

    private void Decode(int index)
    {
        var file = files[index].File;
        try
        {
            ImageDecoder.Decode(File.ReadAllBytes(file), channels, found => MemoryOf(index, found));
        }
        // A file may be missing, locked or unreadable, and a decoder may throw anything on a damaged one.
        catch (Exception e) when (e is not (OutOfMemoryException or ActorTrainException))
        {
            var reason = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new ActorTrainException($"{ImageFolder.OneLine(file)}: it cannot be read as an image ({reason}).", e);
        }
    }

    private Memory<byte> MemoryOf(int index, ImageShape found)
    {
        var expected = _shape ??= found;
        if (found != expected)
            throw new ActorTrainException(
                $"{ImageFolder.OneLine(files[index].File)}: it is {found.Width}×{found.Height}; the first image of the "
                    + $"data set is {expected.Width}×{expected.Height}, and all must have the same size."
            );
        if (index == 0)
            Allocate(expected);
        return _pixels.AsMemory(index * expected.Length, expected.Length);
    }

    private void Allocate(ImageShape expected)
    {
        if ((Int128)files.Count * channels * expected.Height * expected.Width > Array.MaxLength)
            throw new ActorTrainException(
                $"{folder}: its {Plural.Format(files.Count, "image")} of {expected.Width}×{expected.Height} are more "
                    + "than can be held in memory."
            );
        _pixels = new byte[files.Count * expected.Length];
    }
}
