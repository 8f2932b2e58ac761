using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Custom;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Unusual folders of images: skipped entries are counted, images that would be lost are refused.</summary>
public sealed class AwkwardFoldersSpecs : IDisposable
{
    private readonly PetFolder _pets = PetFolder.Whole();

    public void Dispose() => _pets.Dispose();

    [Fact]
    public void A_plain_folder_has_names_of_classes_and_no_notes()
    {
        var pets = _pets.Load();

        pets.ClassNames.ShouldBe(["cat", "dog"]);
        pets.Train.Labels.ToArray().ShouldBe([0, 1]);
        pets.Train.Image(1).ToArray().ShouldBe([20, 20]);
        pets.Test.Image(0).ToArray().ShouldBe([30, 30]);
        pets.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Hidden_entries_are_skipped_and_counted()
    {
        _pets.Put("train/.ipynb_checkpoints/1.png", PetFolder.Pixels(1));
        _pets.Put("train/__MACOSX/1.png", PetFolder.Pixels(1));
        _pets.Put("train/.DS_Store", [1]);
        _pets.Put("train/cat/._1.png", [1]);
        _pets.Put("train/cat/Thumbs.db", [1]);
        _pets.Put("test/cat/desktop.ini", [1]);
        _pets.Put(".git/config", [1]);

        var pets = _pets.Load();

        pets.ClassNames.ShouldBe(["cat", "dog"]);
        pets.Train.Labels.ToArray().ShouldBe([0, 1]);
        pets.Notes.ShouldBe([$"{_pets.Path}: skipped 7 hidden (.git, train/.DS_Store, train/.ipynb_checkpoints, …)."]);
    }

    [Fact]
    public void All_skipped_entries_are_counted_in_one_line()
    {
        _pets.Put("train/cat/1.tif", [1]);
        _pets.Put("train/cat/notes.txt", [1]);
        _pets.Put("test/cat/1.gif", ImageFiles.Gif);
        _pets.Put("train/labels.csv", [1]);
        _pets.Put("val/cat/1.png", PetFolder.Pixels(1));
        _pets.Put("train/cat/.hidden", [1]);

        _pets
            .Load()
            .Notes.ShouldBe([
                $"{_pets.Path}: skipped 1 beside train and test (val); 1 outside of the classes (train/labels.csv); "
                    + "1 hidden (train/cat/.hidden); 3 not PNG, JPEG, BMP or WebP by their ending "
                    + "(train/cat/1.tif, train/cat/notes.txt, test/cat/1.gif).",
            ]);
    }

    [Fact]
    public void A_node_writes_the_notes_once()
    {
        _pets.Put("train/cat/notes.txt", [1]);
        var lines = new List<string>();
        var model = new TorchModel(() => Sequential(Flatten(), Linear(2, 2)));
        var options = new TorchOptions("cpu", Threads: 1);
        var factory = new TorchModelEngineFactory("pets", model, _ => _pets.Load(), options, lines.Add);

        factory.Prepare();
        factory.Create(Jobs.Create("pets")).Dispose();
        factory.Create(Jobs.Create("pets")).Dispose();

        lines
            .ShouldHaveSingleItem()
            .ShouldBe($"{_pets.Path}: skipped 1 not PNG, JPEG, BMP or WebP by their ending (train/cat/notes.txt).");
    }

    [Fact]
    public void A_folder_within_a_class_is_refused()
    {
        _pets.Put("train/dog/puppies/1.png", PetFolder.Pixels(1));

        _pets.Refusal().ShouldBe($"train/dog/puppies: a class has no folders; images must lie in train/dog itself.");
    }

    [Fact]
    public void A_class_without_an_image_to_train_on_is_refused()
    {
        Directory.CreateDirectory(_pets["train/emu"]);
        _pets
            .Refusal()
            .ShouldBe(
                "train/emu: the class has no image to train on, and 0 other files; "
                    + "images end in .png, .jpg, .jpeg, .jpe, .jfif, .bmp, .dib, .webp."
            );

        _pets.Put("train/emu/1.tif", [1]);
        _pets.Refusal().ShouldStartWith("train/emu: the class has no image to train on, and 1 other files;");
    }

    [Fact]
    public void A_class_without_a_test_image_is_noted()
    {
        Directory.Delete(_pets["test/dog"], recursive: true);

        var pets = _pets.Load();

        pets.Test.Labels.ToArray().ShouldBe([0]);
        pets.Notes.ShouldBe([$"{_pets["test"]}: it has no image of 1 of 2 classes (dog)."]);
    }

    [Fact]
    public void A_class_with_test_images_only_is_refused()
    {
        _pets.Put("test/emu/1.png", PetFolder.Pixels(1));

        _pets.Refusal().ShouldBe("test/emu: train has no class emu; it has cat, dog.");
    }

    [Fact]
    public void An_image_outside_of_the_classes_is_refused()
    {
        _pets.Put("train/stray.JPG", PetFolder.Pixels(1));

        _pets
            .Refusal()
            .ShouldBe(
                "train/stray.JPG: the image is in no class; it must lie in a folder of train, which is its class."
            );
    }

    [Fact]
    public void A_single_class_is_refused()
    {
        Directory.Delete(_pets["train/dog"], recursive: true);
        Directory.Delete(_pets["test/dog"], recursive: true);

        Should
            .Throw<ActorTrainException>(() => _pets.Load())
            .Message.ShouldBe($"{_pets["train"]}: it has 1 folder, one a class; it must have 2 or more.");
    }

    [Fact]
    public void A_folder_without_test_images_has_a_note()
    {
        Directory.Delete(_pets["test"], recursive: true);

        Should
            .Throw<ActorTrainException>(() => _pets.Load())
            .Message.ShouldBe(
                $"{_pets["test"]} does not exist; a data set of images has the folders train and test, each with a "
                    + "folder for each class."
            );
    }

    [Fact]
    public void Of_images_of_another_size_the_first_by_order_is_named()
    {
        for (var i = 2; i < 40; i++)
            _pets.Put($"train/cat/{i:00}.png", PetFolder.Pixels((byte)i));
        _pets.Put("train/cat/17.png", ImageFiles.Png(1, 1, 8, 0, [0, 1]));
        _pets.Put("train/cat/31.png", ImageFiles.Png(1, 3, 8, 0, [0, 1, 0, 2, 0, 3]));
        _pets.Put("train/dog/1.png", [1]);

        _pets
            .Refusal()
            .ShouldBe(
                "train/cat/17.png: it is 1×1; the first image of the data set is 2×1, and all must have the same size."
            );
    }

    [Fact]
    public void Sizes_are_compared_after_orientation()
    {
        var onItsSide = ImageFiles.Chunk("eXIf", ImageFiles.Exif(6));
        _pets.Put("train/dog/2.png", ImageFiles.Png(2, 1, 8, 0, [0, 1, 2], onItsSide));

        _pets
            .Refusal()
            .ShouldBe(
                "train/dog/2.png: it is 1×2; the first image of the data set is 2×1, and all must have the same size."
            );
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named()
    {
        File.CreateSymbolicLink(_pets["train/dog/2.png"], _pets["nowhere.png"]);

        _pets.Refusal().ShouldStartWith("train/dog/2.png: it cannot be read as an image (Could not find file");
    }

    [Fact]
    public void A_file_without_read_permission_is_named()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(_pets["train/dog/1.png"], UnixFileMode.None);
        // The superuser reads everything.
        if (Environment.IsPrivilegedProcess)
            return;

        _pets.Refusal().ShouldStartWith("train/dog/1.png: it cannot be read as an image (Access to the path");
    }

    [Fact]
    public void A_cycle_of_links_is_refused()
    {
        Directory.CreateSymbolicLink(_pets["train/dog/again"], _pets["train"]);
        _pets.Refusal().ShouldBe("train/dog/again: a class has no folders; images must lie in train/dog itself.");

        Directory.Delete(_pets["train/dog/again"]);
        File.CreateSymbolicLink(_pets["train/dog/self.png"], _pets["train/dog/self.png"]);
        _pets.Refusal().ShouldStartWith("train/dog/self.png: it cannot be read as an image (");
    }

    [Fact]
    public void A_class_may_be_a_link()
    {
        _pets.Put("elsewhere/1.png", PetFolder.Pixels(50));
        Directory.CreateSymbolicLink(_pets["train/emu"], _pets["elsewhere"]);

        _pets.Load().ClassNames.ShouldBe(["cat", "dog", "emu"]);
    }

    [Fact]
    public void A_name_with_a_line_break_is_shown_in_one_line()
    {
        if (OperatingSystem.IsWindows())
            return;
        _pets.Put("train/dog/a\nb.png", [1]);
        _pets.Put("train/dog/a\nb.txt", [1]);

        _pets
            .Refusal()
            .ShouldBe("train/dog/a?b.png: it cannot be read as an image (its content is not PNG, JPEG, BMP or WebP).");
        File.Delete(_pets["train/dog/a\nb.png"]);
        _pets.Load().Notes.ShouldHaveSingleItem().ShouldContain("train/dog/a?b.txt");
    }

    [Fact]
    public void Classes_are_in_ordinal_order_in_every_culture()
    {
        foreach (var name in new[] { "Zebra", "ä", "cat2", "10", "9" })
            _pets.Put($"train/{name}/1.png", PetFolder.Pixels(1));

        _pets.Load().ClassNames.ShouldBe(["10", "9", "Zebra", "cat", "cat2", "dog", "ä"]);
    }

    [Fact]
    public void Three_hundred_classes_train()
    {
        using var many = PetFolder.Whole();
        for (var i = 0; i < 298; i++)
            many.Put($"train/z{i:000}/1.png", PetFolder.Pixels((byte)i));

        var images = many.Load();
        using var engine = Toy.Engine(() => Sequential(Flatten(), Linear(2, 300)), images);

        (images.Classes, images.ClassNames.Count, images.Train.Labels.Span[299]).ShouldBe((300, 300, 299));
        engine.ComputeGradient([0, 255, 256, 299], seed: 0).Loss.ShouldBeInRange(4, 8);
        var target = new float[1];
        images.ReadTrain(299, new float[2], target);
        target.ShouldBe([299]);
    }

    [Fact]
    public void The_fingerprint_distinguishes_classes_beyond_256()
    {
        var (shape, pixels) = (new ImageShape(1, 1, 1), new byte[2]);
        var none = new ImageSet(shape, default, default);
        ImageDataset Of(int classes, int label) =>
            new("n", "here", new ImageSet(shape, pixels, new[] { 0, label }), none, classes, new Normalization(0, 1));

        Of(300, 299).Description.Fingerprint.ShouldNotBe(Of(300, 299 - 256).Description.Fingerprint);
        Should
            .Throw<ActorTrainException>(() => Of(300, 300))
            .Message.ShouldBe("data set n: training sample 1 has class 300; it must be a whole number from 0 to 299");
    }
}
