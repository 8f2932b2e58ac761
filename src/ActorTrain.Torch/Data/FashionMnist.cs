using ActorTrain.Files;
using ActorTrain.Sentences;

namespace ActorTrain.Torch.Data;

/// <summary>Fashion-MNIST: 28 × 28 grey images of ten kinds of clothing (Xiao, Rasul and Vollgraf 2017).</summary>
public static class FashionMnist
{
    /// <summary>Its name in a job.</summary>
    public const string Name = "fashion-mnist";

    /// <summary>The environment variable that names a folder with its files.</summary>
    public const string FolderVariable = "ACTORTRAIN_DATA";

    /// <summary>The size of its images.</summary>
    public static ImageShape Shape { get; } = new(1, 28, 28);

    /// <summary>Number of its classes.</summary>
    public const int Classes = 10;

    /// <summary>Names of its classes, in the order of their numbers.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    private static readonly Normalization Normalization = new(0.2860f, 0.3530f);

    private static readonly string[] Files =
    [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, WeakReference<ImageDataset>> Loaded = [];

    /// <summary>
    /// Loads the data set, or returns the one that this process has already loaded from the same place.
    /// </summary>
    /// <param name="source">Which files may be used.</param>
    /// <param name="folder">A folder with the files; null to look in the usual places. A folder that is named must have
    /// them.</param>
    /// <exception cref="ActorTrainException">The files are missing or damaged; the message names the file.</exception>
    public static ImageDataset Load(DataSource source, string? folder = null)
    {
        var files = Choose(source, folder);
        var isSubstitute = source == DataSource.Auto && files is BuiltInSource;
        var name = isSubstitute ? $"{files.Name}, as a substitute" : files.Name;
        // Under the lock: two engines that start together read the files once.
        lock (Gate)
        {
            if (Loaded.TryGetValue(name, out var earlier) && earlier.TryGetTarget(out var dataset))
                return dataset;
            dataset = Read(files, isSubstitute ? files.Name : null);
            Loaded[name] = new WeakReference<ImageDataset>(dataset);
            return dataset;
        }
    }

    private static IFileSource Choose(DataSource source, string? folder)
    {
        if (source == DataSource.BuiltIn)
            return new BuiltInSource();
        // A folder that the user named is used or is an error: a substitute would train on other data than the user
        // believes.
        if (string.IsNullOrEmpty(folder))
            folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(folder))
            return new FolderSource(Path.GetFullPath(folder));

        var usual = new[] { UserFolders.Cache(Name), "/usr/share/datasets/fashion-mnist" }.OfType<string>().ToList();
        if (usual.Select(place => new FolderSource(place)).FirstOrDefault(place => place.HasAnyOf(Files)) is { } found)
            return found;
        return source == DataSource.Auto
            ? new BuiltInSource()
            : throw new ActorTrainException(
                $"actortrain.job.data.source is full, and the files of Fashion-MNIST are not here; "
                    + $"put them into {string.Join(" or ", usual)}, or name their folder in {FolderVariable}."
            );
    }

    private static ImageDataset Read(IFileSource files, string? substitute) =>
        new(
            Name,
            files.Name,
            ReadSet(files, Files[0], Files[1]),
            ReadSet(files, Files[2], Files[3]),
            Classes,
            Normalization,
            substitute
        )
        {
            ClassNames = ClassNames,
        };

    private static ImageSet ReadSet(IFileSource files, string imagesFile, string labelsFile)
    {
        var (images, labels) = (files.Open(imagesFile), files.Open(labelsFile));
        using (images.Content)
        using (labels.Content)
        {
            var (shape, pixels) = IdxFile.ReadImages(images.Content, images.Name, images.Compressed);
            if (shape != Shape)
                throw new ActorTrainException(
                    $"{images.Name}: its images are {shape.Height}×{shape.Width}; those of Fashion-MNIST are "
                        + $"{Shape.Height}×{Shape.Width}."
                );
            var classes = IdxFile.ReadLabels(labels.Content, labels.Name, labels.Compressed, Classes);
            if (pixels.Length / shape.Length != classes.Length)
                throw new ActorTrainException(
                    $"{images.Name} has {Plural.Format(pixels.Length / shape.Length, "image")} "
                        + $"and {labels.Name} has {Plural.Format(classes.Length, "label")}; there must be one label an "
                        + $"image."
                );
            return new ImageSet(shape, pixels, Array.ConvertAll(classes, label => (int)label));
        }
    }
}
