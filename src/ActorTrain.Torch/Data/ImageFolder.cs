namespace ActorTrain.Torch.Data;

/// <summary>
/// Reads a folder of images by class: <c>train/CLASS/*</c> and <c>test/CLASS/*</c>, PNG, JPEG, BMP or WebP, all of one
/// size after orientation. Hidden entries and files with other endings are skipped, and counted in
/// <see cref="ImageDataset.Notes"/>; a damaged image is an error.
/// </summary>
public static class ImageFolder
{
    /// <summary>
    /// Reads all images into memory. Classes are the folders of <c>train</c>, in alphabetical order; numbers are
    /// normalised by mean and deviation over the training images.
    /// </summary>
    /// <param name="folder">The folder with <c>train</c> and <c>test</c>.</param>
    /// <param name="channels">1 reads images as grey, 3 as colour; their files may be either.</param>
    /// <exception cref="ActorTrainException">A folder or an image cannot be used; the message names it.</exception>
    public static ImageDataset Load(string folder, int channels = 3)
    {
        if (channels is not (1 or 3))
            throw new ActorTrainException($"Images have 1 channel (grey) or 3 (colour), not {channels}.");
        var listing = ImageListing.Create(folder);
        var train = Read(Path.Combine(folder, ImageListing.Train), listing.TrainImages, channels, shape: null);
        var test = Read(Path.Combine(folder, ImageListing.Test), listing.TestImages, channels, train.Shape);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new ImageDataset(name, folder, train, test, listing.Classes.Count, Normalization.From(train))
        {
            ClassNames = listing.Classes,
            Notes = listing.Notes,
        };
    }

    private static ImageSet Read(string folder, IReadOnlyList<ClassImage> files, int channels, ImageShape? shape) =>
        new FolderImages(folder, files, channels, shape).Read();

    // A file's name may contain a line break.
    internal static string OneLine(string path) => path.ReplaceLineEndings("?");
}
