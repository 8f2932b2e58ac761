using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Own;
using ActorTrain.Worker;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Folders of images as they come: what is skipped is counted, what would be lost is refused.</summary>
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
    public void Hidden_entries_are_no_classes_and_no_images_and_are_counted()
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
    public void Everything_that_is_skipped_is_counted_in_one_line()
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
                    + "1 hidden (train/cat/.hidden); 3 that are no PNG, JPEG, BMP or WebP by their ending "
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
        var factory = new OwnEngineFactory("pets", model, _ => _pets.Load(), options, lines.Add);

        factory.Prepare();
        factory.Create(Jobs.Of("pets")).Dispose();
        factory.Create(Jobs.Of("pets")).Dispose();

        lines
            .ShouldHaveSingleItem()
            .ShouldBe(
                $"{_pets.Path}: skipped 1 that are no PNG, JPEG, BMP or WebP by their ending (train/cat/notes.txt)."
            );
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
    public void A_class_without_a_test_image_is_told()
    {
        Directory.Delete(_pets["test/dog"], recursive: true);

        var pets = _pets.Load();

        pets.Test.Labels.ToArray().ShouldBe([0]);
        pets.Notes.ShouldBe([$"{_pets["test"]}: it has no image of 1 of 2 classes (dog)."]);
    }

    [Fact]
    public void A_class_that_is_only_tested_is_refused()
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
    public void One_class_alone_is_refused()
    {
        Directory.Delete(_pets["train/dog"], recursive: true);
        Directory.Delete(_pets["test/dog"], recursive: true);

        Should
            .Throw<ActorTrainException>(() => _pets.Load())
            .Message.ShouldBe($"{_pets["train"]}: it has 1 folder, one a class; it must have 2 or more.");
    }

    [Fact]
    public void A_folder_without_test_images_says_so()
    {
        Directory.Delete(_pets["test"], recursive: true);

        Should
            .Throw<ActorTrainException>(() => _pets.Load())
            .Message.ShouldBe(
                $"{_pets["test"]} does not exist; a data set of images has the folders train and test, each with a "
                    + "folder a class."
            );
    }

    [Fact]
    public void The_first_image_of_another_size_is_named_whichever_is_read_first()
    {
        for (var i = 2; i < 40; i++)
            _pets.Put($"train/cat/{i:00}.png", PetFolder.Pixels((byte)i));
        _pets.Put("train/cat/17.png", ImageFiles.Png(1, 1, 8, 0, [0, 1]));
        _pets.Put("train/cat/31.png", ImageFiles.Png(1, 3, 8, 0, [0, 1, 0, 2, 0, 3]));
        _pets.Put("train/dog/1.png", [1]);

        _pets
            .Refusal()
            .ShouldBe("train/cat/17.png: it is 1×1; the first image of the data set is 2×1, and all must be alike.");
    }

    [Fact]
    public void The_size_is_the_one_that_is_seen()
    {
        var onItsSide = ImageFiles.Chunk("eXIf", ImageFiles.Exif(6));
        _pets.Put("train/dog/2.png", ImageFiles.Png(2, 1, 8, 0, [0, 1, 2], onItsSide));

        _pets
            .Refusal()
            .ShouldBe("train/dog/2.png: it is 1×2; the first image of the data set is 2×1, and all must be alike.");
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named()
    {
        File.CreateSymbolicLink(_pets["train/dog/2.png"], _pets["nowhere.png"]);

        _pets.Refusal().ShouldStartWith("train/dog/2.png: it cannot be read as an image (Could not find file");
    }

    [Fact]
    public void A_file_that_is_not_ours_to_read_is_named()
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
    public void Links_that_lead_in_circles_end()
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
    public void A_name_with_a_line_s_end_stays_in_one_line()
    {
        if (OperatingSystem.IsWindows())
            return;
        _pets.Put("train/dog/a\nb.png", [1]);
        _pets.Put("train/dog/a\nb.txt", [1]);

        _pets
            .Refusal()
            .ShouldBe("train/dog/a?b.png: it cannot be read as an image (its content is no PNG, JPEG, BMP or WebP).");
        File.Delete(_pets["train/dog/a\nb.png"]);
        _pets.Load().Notes.ShouldHaveSingleItem().ShouldContain("train/dog/a?b.txt");
    }

    [Fact]
    public void Classes_are_in_the_order_of_their_letters_whatever_the_language()
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
    public void The_fingerprint_tells_classes_beyond_256_apart()
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
