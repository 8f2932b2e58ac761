using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

public sealed class FashionMnistSpecs : IDisposable
{
    private readonly DataFolder _folder = DataFolder.Whole();

    [Fact]
    public void Reads_plain_and_compressed_files()
    {
        var dataset = FashionMnist.Load(DataSource.Auto, _folder.Path);

        (dataset.Description.TrainSamples, dataset.Description.TestSamples).ShouldBe((6, 4));
        dataset.Train.Labels.ToArray().ShouldBe([0, 1, 2, 3, 4, 5]);
        dataset.Test.Image(1)[..3].ToArray().ShouldBe([(784 % 251), (785 % 251), (786 % 251)]);
    }

    [Fact]
    public void Two_engines_share_one_copy() =>
        FashionMnist
            .Load(DataSource.Auto, _folder.Path)
            .ShouldBeSameAs(FashionMnist.Load(DataSource.Full, _folder.Path));

    [Fact]
    public void The_fingerprint_depends_on_the_content_and_not_the_folder()
    {
        using DataFolder same = DataFolder.Whole(),
            other = DataFolder.Whole();
        var labels = DataFolder.Labels(6);
        labels[^1] = 9;
        other.Write("train-labels-idx1-ubyte", labels);

        var fingerprint = FingerprintOf(_folder);
        fingerprint.ShouldMatch("^[0-9a-f]{16}$");
        FingerprintOf(same).ShouldBe(fingerprint);
        FingerprintOf(other).ShouldNotBe(fingerprint);
    }

    [Fact]
    public void The_environment_can_name_the_folder()
    {
        Environment.SetEnvironmentVariable(FashionMnist.FolderVariable, _folder.Path);
        try
        {
            FashionMnist.Load(DataSource.Auto).Origin.ShouldBe(_folder.Path);
            FashionMnist.Load(DataSource.BuiltIn).Origin.ShouldBe("the built-in subset");
            File.Delete(_folder["t10k-labels-idx1-ubyte.gz"]);
            Environment.SetEnvironmentVariable(FashionMnist.FolderVariable, _folder["nowhere"]);
            Refusal(() => FashionMnist.Load(DataSource.Auto))
                .ShouldBe($"The data folder {_folder["nowhere"]} does not exist.");
        }
        finally
        {
            Environment.SetEnvironmentVariable(FashionMnist.FolderVariable, null);
        }
    }

    [Fact]
    public void A_named_folder_that_lacks_a_file_is_an_error_and_not_replaced_by_the_subset()
    {
        File.Delete(_folder["t10k-labels-idx1-ubyte.gz"]);

        Refusal()
            .ShouldBe(
                $"The data folder {_folder.Path} has neither t10k-labels-idx1-ubyte.gz nor t10k-labels-idx1-ubyte; "
                    + $"it must have the four files of Fashion-MNIST."
            );
    }

    [Fact]
    public void An_empty_folder_is_reported_as_empty()
    {
        using var empty = new TemporaryFolder();

        Refusal(() => FashionMnist.Load(DataSource.Auto, empty.Path))
            .ShouldStartWith($"The data folder {empty.Path} is empty; it must have the four files of Fashion-MNIST");
    }

    public static TheoryData<string, byte[], string> Damages { get; } =
        new()
        {
            {
                "train-images-idx3-ubyte",
                DataFolder.Images(6)[..^1],
                "it is truncated; its header announces 4,704 bytes of images, and 4703 follow."
            },
            {
                "train-images-idx3-ubyte",
                [.. DataFolder.Images(6), 0],
                "its header announces 4,704 bytes of images, and more follow."
            },
            { "train-images-idx3-ubyte", [0, 0, 8], "it is truncated; it ends within its header." },
            { "train-images-idx3-ubyte", [], "it is truncated; it ends within its header." },
            {
                "train-images-idx3-ubyte",
                DataFolder.Labels(6),
                "its magic number is 0x00000801; a file of images begins with 0x00000803."
            },
            {
                "train-images-idx3-ubyte",
                DataFolder.Header(0x803, int.MaxValue, 28, 28),
                "its header gives 2147483647 as size 1 of 3; it must be 1 to 1000000."
            },
            {
                "train-images-idx3-ubyte",
                DataFolder.Header(0x803, 6, 28, 0),
                "its header gives 0 as size 3 of 3; it must be 1 to 256."
            },
            {
                "train-images-idx3-ubyte",
                [.. DataFolder.Header(0x803, 1, 2, 2), 1, 2, 3, 4],
                "its images are 2×2; those of Fashion-MNIST are 28×28."
            },
            {
                "train-labels-idx1-ubyte",
                DataFolder.Images(6),
                "its magic number is 0x00000803; a file of labels begins with 0x00000801."
            },
            {
                "train-labels-idx1-ubyte",
                [.. DataFolder.Header(0x801, 6), 0, 1, 10, 3, 4, 5],
                "label 2 is 10; it must be 0 to 9."
            },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_file_is_named_with_its_damage(string file, byte[] content, string damage)
    {
        _folder.Write(file, content);

        Refusal().ShouldBe($"{_folder[file]}: {damage}");
    }

    [Fact]
    public void Different_numbers_of_images_and_labels_are_refused()
    {
        _folder.Write("train-labels-idx1-ubyte", DataFolder.Labels(5));

        Refusal()
            .ShouldBe(
                $"{_folder["train-images-idx3-ubyte"]} has 6 images and {_folder["train-labels-idx1-ubyte"]} has 5 "
                    + $"labels; there must be one label an image."
            );
    }

    [Fact]
    public void A_file_with_ending_gz_that_is_not_gzip_is_refused()
    {
        _folder.Write("t10k-images-idx3-ubyte.gz", DataFolder.Images(4));

        Refusal().ShouldStartWith($"{_folder["t10k-images-idx3-ubyte.gz"]}: it is not a whole gzip file");
    }

    [Fact]
    public void A_truncated_gzip_file_is_refused()
    {
        _folder.Write("t10k-images-idx3-ubyte.gz", DataFolder.Zipped(DataFolder.Images(4))[..^200]);

        Refusal().ShouldStartWith($"{_folder["t10k-images-idx3-ubyte.gz"]}: it is ");
    }

    public void Dispose() => _folder.Dispose();

    private static string FingerprintOf(DataFolder folder) =>
        FashionMnist.Load(DataSource.Full, folder.Path).Description.Fingerprint;

    private string Refusal() => Refusal(() => FashionMnist.Load(DataSource.Auto, _folder.Path));

    private static string Refusal(Action action) => Should.Throw<ActorTrainException>(action).Message;
}
