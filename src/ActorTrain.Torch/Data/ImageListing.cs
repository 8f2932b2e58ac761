using ActorTrain.Sentences;
using ActorTrain.Torch.Data.Images;

namespace ActorTrain.Torch.Data;

/// <summary>An image and the number of its class.</summary>
internal readonly record struct ClassImage(string File, int Class);

/// <summary>Lists a folder of images by class: the images of each class, and the entries that are skipped.</summary>
internal sealed class ImageListing
{
    public const string Train = "train",
        Test = "test";

    private readonly string _folder;
    private readonly SkippedEntries _skipped;
    private readonly Dictionary<string, int> _numbers;

    private ImageListing(string folder)
    {
        (_folder, _skipped) = (folder, new SkippedEntries(folder));
        SkipOtherEntries();
        var (train, test) = (ClassesOf(Train), ClassesOf(Test));
        Classes = [.. train.Select(one => one.Name)];
        _numbers = Classes.Index().ToDictionary(one => one.Item, one => one.Index);
        if (Classes.Count < 2)
        {
            throw new ActorTrainException(
                $"{OneLine(Path.Combine(folder, Train))}: it has {Plural.Format(Classes.Count, "folder")}, "
                    + "one a class; it must have 2 or more."
            );
        }
        if (test.Select(one => one.Name).Except(Classes).FirstOrDefault() is { } strange)
        {
            throw new ActorTrainException(
                $"{OneLine(Path.Combine(folder, Test, strange))}: {Train} has no class {OneLine(strange)}; "
                    + $"it has {string.Join(", ", Classes.Take(20).Select(OneLine))}."
            );
        }
        TrainImages = ImagesOf(train, required: true);
        TestImages = ImagesOf(test, required: false);
    }

    /// <summary>Names of the classes, in the order of their numbers.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The images of <c>train</c>, class by class.</summary>
    public IReadOnlyList<ClassImage> TrainImages { get; }

    /// <summary>The images of <c>test</c>, class by class.</summary>
    public IReadOnlyList<ClassImage> TestImages { get; }

    /// <summary>Notes for the user: skipped entries, and classes without test images.</summary>
    public IReadOnlyList<string> Notes => [.. new[] { _skipped.Sentence, Untested }.OfType<string>()];

    /// <summary>Lists a folder.</summary>
    /// <exception cref="ActorTrainException">It is not a folder of images by class; the message says why.</exception>
    public static ImageListing Create(string folder)
    {
        try
        {
            return new ImageListing(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActorTrainException($"{OneLine(folder)}: it cannot be read ({OneLine(e.AsClause())}).", e);
        }
    }

    private string? Untested
    {
        get
        {
            var tested = TestImages.Select(image => image.Class).ToHashSet();
            var names = Classes.Where((_, number) => !tested.Contains(number)).Select(OneLine).ToList();
            return names.Count == 0
                ? null
                : $"{OneLine(Path.Combine(_folder, Test))}: it has no image of {names.Count} of "
                    + $"{Plural.Format(Classes.Count, "class", "classes")} "
                    + $"({SkippedEntries.FirstNames(names)}).";
        }
    }

    private void SkipOtherEntries()
    {
        if (!Directory.Exists(_folder))
            return;
        foreach (var entry in Visible(_folder).Where(entry => entry.Name is not (Train or Test)))
            _skipped.Add(entry.FullName, $"beside {Train} and {Test}");
    }

    private List<DirectoryInfo> ClassesOf(string part)
    {
        var folder = Path.Combine(_folder, part);
        if (!Directory.Exists(folder))
        {
            throw new ActorTrainException(
                $"{OneLine(folder)} does not exist; a data set of images has the folders {Train} and {Test}, "
                    + "each with a folder for each class."
            );
        }
        var entries = Visible(folder);
        foreach (var file in entries.OfType<FileInfo>())
        {
            if (IsImage(file))
            {
                throw new ActorTrainException(
                    $"{OneLine(file.FullName)}: the image is in no class; "
                        + $"it must lie in a folder of {part}, which is its class."
                );
            }
            _skipped.Add(file.FullName, "outside of the classes");
        }
        return [.. entries.OfType<DirectoryInfo>()];
    }

    private List<ClassImage> ImagesOf(List<DirectoryInfo> classes, bool required)
    {
        var images = new List<ClassImage>();
        foreach (var folder in classes)
        {
            var entries = Visible(folder.FullName);
            if (entries.OfType<DirectoryInfo>().FirstOrDefault() is { } nested)
            {
                throw new ActorTrainException(
                    $"{OneLine(nested.FullName)}: a class has no folders; "
                        + $"images must lie in {OneLine(folder.FullName)} itself."
                );
            }
            var files = entries.OfType<FileInfo>().ToLookup(IsImage);
            foreach (var other in files[false])
                _skipped.Add(other.FullName, $"not {ImageDecoder.Kinds} by their ending");
            if (required && !files[true].Any())
            {
                throw new ActorTrainException(
                    $"{OneLine(folder.FullName)}: the class has no image to train on, and {files[false].Count()} other "
                        + $"files; images end in {string.Join(", ", ImageDecoder.Endings)}."
                );
            }
            var number = _numbers[folder.Name];
            images.AddRange(files[true].Select(file => new ClassImage(file.FullName, number)));
        }
        return images;
    }

    // In ordinal order, which is the same on every machine.
    private List<FileSystemInfo> Visible(string folder)
    {
        var entries = new DirectoryInfo(folder)
            .EnumerateFileSystemInfos()
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .ToLookup(SkippedEntries.IsHidden);
        foreach (var hidden in entries[true])
            _skipped.Add(hidden.FullName, "hidden");
        return [.. entries[false]];
    }

    private static bool IsImage(FileInfo file) =>
        ImageDecoder.Endings.Contains(file.Extension, StringComparer.OrdinalIgnoreCase);

    private static string OneLine(string text) => ImageFolder.OneLine(text);
}
