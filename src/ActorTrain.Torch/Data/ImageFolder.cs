using ActorTrain.Sentences;
using ActorTrain.Torch.Data.Images;

namespace ActorTrain.Torch.Data;

/// <summary>
/// Reads a folder of images by class: <c>train/CLASS/*</c> and <c>test/CLASS/*</c>, PNG, JPEG, BMP or WebP, all of one
/// size as they are seen. Hidden entries and files with other endings are skipped, and counted in
/// <see cref="ImageDataset.Notes"/>; a damaged image is an error.
/// </summary>
public static class ImageFolder
{
    /// <summary>
    /// Reads all images into memory. Classes are the folders of <c>train</c>, in the order of their letters; numbers
    /// are normalised by mean and deviation over the training images.
    /// </summary>
    /// <param name="folder">The folder with <c>train</c> and <c>test</c>.</param>
    /// <param name="channels">1 reads images as grey, 3 as colour; their files may be either.</param>
    /// <exception cref="ActorTrainException">A folder or an image cannot be used; the message names it.</exception>
    public static ImageDataset Load(string folder, int channels = 3)
    {
        if (channels is not (1 or 3))
            throw new ActorTrainException($"Images have 1 channel (grey) or 3 (colour), not {channels}.");
        var listing = ImageListing.Of(folder);
        var train = Read(Path.Combine(folder, ImageListing.Train), listing.TrainImages, channels, shape: null);
        var test = Read(Path.Combine(folder, ImageListing.Test), listing.TestImages, channels, train.Shape);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new ImageDataset(name, folder, train, test, listing.Classes.Count, Normalization.Of(train))
        {
            ClassNames = listing.Classes,
            Notes = listing.Notes,
        };
    }

    // The first image says which size all have. The others are decoded side by side: a decoder uses one core.
    private static ImageSet Read(string folder, IReadOnlyList<ClassImage> files, int channels, ImageShape? shape)
    {
        var pixels = Array.Empty<byte>();
        if (files.Count > 0)
        {
            Read(0);
            var failure = (At: long.MaxValue, What: (Exception?)null);
            Parallel.For(
                1,
                files.Count,
                (i, loop) =>
                {
                    try
                    {
                        Read(i);
                    }
                    catch (ActorTrainException e)
                    {
                        // Those before it are read all the same: the first in order is told, and not the first in time.
                        loop.Break();
                        lock (pixels)
                            failure = i < failure.At ? (i, e) : failure;
                    }
                }
            );
            if (failure.What is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.What);
        }
        return new ImageSet(shape!.Value, pixels, files.Select(file => file.Class).ToArray());

        void Read(int i) =>
            Decode(
                files[i].File,
                channels,
                found =>
                {
                    var expected = shape ??= found;
                    if (found != expected)
                        throw new ActorTrainException(
                            $"{OneLine(files[i].File)}: it is {found.Width}×{found.Height}; the first image of the "
                                + $"data set is {expected.Width}×{expected.Height}, and all must be alike."
                        );
                    if (i == 0)
                    {
                        if ((Int128)files.Count * channels * expected.Height * expected.Width > Array.MaxLength)
                            throw new ActorTrainException(
                                $"{folder}: its {Plural.Of(files.Count, "image")} of "
                                    + $"{expected.Width}×{expected.Height} are more than can be held in memory."
                            );
                        pixels = new byte[files.Count * expected.Length];
                    }
                    return pixels.AsMemory(i * expected.Length, expected.Length);
                }
            );
    }

    private static void Decode(string file, int channels, Func<ImageShape, Memory<byte>> room)
    {
        try
        {
            ImageDecoder.Decode(File.ReadAllBytes(file), channels, room);
        }
        // A file may be missing, locked or not ours to read, and a decoder throws whatever a damaged one leads it to.
        catch (Exception e) when (e is not (OutOfMemoryException or ActorTrainException))
        {
            var reason = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new ActorTrainException($"{OneLine(file)}: it cannot be read as an image ({reason}).", e);
        }
    }

    // A file's name may have a line's end in it.
    internal static string OneLine(string path) => path.ReplaceLineEndings("?");
}
