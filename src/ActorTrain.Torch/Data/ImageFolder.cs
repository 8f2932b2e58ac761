using StbImageSharp;

namespace ActorTrain.Torch.Data;

/// <summary>Reads a folder of images by class: <c>train/CLASS/*</c> and <c>test/CLASS/*</c>, PNG, JPEG or BMP, all of one size.</summary>
public static class ImageFolder
{
    private const int MostClasses = 256;
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>Reads all images into memory. Classes are the folders of <c>train</c>, in the order of their letters; numbers are normalised by mean and deviation over the training images.</summary>
    /// <param name="folder">The folder with <c>train</c> and <c>test</c>.</param>
    /// <param name="channels">1 reads images as grey, 3 as colour; their files may be either.</param>
    /// <exception cref="ActorTrainException">A folder or an image cannot be used; the message names it.</exception>
    public static ImageDataset Load(string folder, int channels = 3)
    {
        if (channels is not (1 or 3)) throw new ActorTrainException($"Images have 1 channel (grey) or 3 (colour), not {channels}.");
        var classes = FoldersIn(Path.Combine(folder, "train"));
        if (classes.Count is < 2 or > MostClasses)
            throw new ActorTrainException($"{Path.Combine(folder, "train")}: it has {classes.Count} folders, one a class; it must have 2 to {MostClasses}.");
        var strange = FoldersIn(Path.Combine(folder, "test")).Except(classes).FirstOrDefault();
        if (strange is not null) throw new ActorTrainException($"{Path.Combine(folder, "test", strange)}: train has no class {strange}; it has {string.Join(", ", classes.Take(20))}.");

        var train = Read(Path.Combine(folder, "train"), classes, channels, shape: null);
        var test = Read(Path.Combine(folder, "test"), classes, channels, train.Shape);
        return new ImageDataset(Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)), folder, train, test, classes.Count, Normalization.Of(train));
    }

    private static List<string> FoldersIn(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : throw new ActorTrainException($"{folder} does not exist; a data set of images has the folders train and test, each with a folder a class.");

    private static ImageSet Read(string folder, List<string> classes, int channels, ImageShape? shape)
    {
        var files = classes.SelectMany((name, number) => FilesIn(Path.Combine(folder, name)).Select(file => (File: file, Class: (byte)number))).ToList();
        if (files.Count == 0 && shape is null) throw new ActorTrainException($"{folder}: its folders have no images ({string.Join(", ", Endings)}).");
        var pixels = Array.Empty<byte>();
        for (var i = 0; i < files.Count; i++)
        {
            var (found, planes) = Decode(files[i].File, channels);
            var expected = shape ??= found;
            if (found != expected)
                throw new ActorTrainException($"{files[i].File}: it is {found.Width}×{found.Height}; the first image of the data set is {expected.Width}×{expected.Height}, and all must be alike.");
            if (i == 0)
            {
                if ((long)files.Count * expected.Length > Array.MaxLength)
                    throw new ActorTrainException($"{folder}: its {files.Count} images of {expected.Width}×{expected.Height} are more than can be held in memory.");
                pixels = new byte[files.Count * expected.Length];
            }
            planes.CopyTo(pixels, i * expected.Length);
        }
        return new ImageSet(shape!.Value, pixels, files.Select(file => file.Class).ToArray());
    }

    private static IEnumerable<string> FilesIn(string folder) => !Directory.Exists(folder) ? []
        : Directory.EnumerateFiles(folder).Where(file => Endings.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal);

    private static (ImageShape Shape, byte[] Planes) Decode(string file, int channels)
    {
        try
        {
            var image = ImageResult.FromMemory(File.ReadAllBytes(file), channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
            return (new ImageShape(channels, image.Height, image.Width), Planes(image.Data, channels));
        }
        // The decoder throws whatever a damaged file leads it to.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ActorTrainException($"{file}: it cannot be read as an image ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}).", e);
        }
    }

    // Files have the channels of a pixel side by side, data sets have them one after the other.
    private static byte[] Planes(byte[] pixels, int channels)
    {
        if (channels == 1) return pixels;
        var planes = new byte[pixels.Length];
        var size = pixels.Length / channels;
        for (var i = 0; i < pixels.Length; i++) planes[i % channels * size + i / channels] = pixels[i];
        return planes;
    }
}
