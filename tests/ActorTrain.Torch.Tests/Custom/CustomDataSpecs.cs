using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Custom;

public sealed class CustomDataSpecs : IDisposable
{
    // Two pixels, red and white; one of them grey. As bytes, so that no encoder is needed.
    private static readonly byte[] RedWhite = Bmp([0, 0, 255, 255, 255, 255]),
        Grey = Bmp([128, 128, 128, 128, 128, 128]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sample_that_cannot_be_read_is_named_with_its_data_set()
    {
        var model = new TorchModel(() => Sequential(Linear(2, 4)));

        Toy.Complaint(model, new Broken(new FormatException("no number")))
            .ShouldBe("data set broken: training sample 5 cannot be read: FormatException: no number");
        Toy.Complaint(model, new Broken(null))
            .ShouldBe("data set broken: training sample 5 has class 12; it must be a whole number from 0 to 3");
        using var engine = Toy.Engine(model, new Broken(new IOException("the disk sleeps")));
        Should
            .Throw<EngineFailedException>(() => engine.ComputeGradient([5], seed: 0))
            .Message.ShouldBe("data set broken: training sample 5 cannot be read: IOException: the disk sleeps");
    }

    [Fact]
    public void Arrays_that_do_not_fit_their_shape_are_refused()
    {
        Should
            .Throw<ActorTrainException>(() =>
                ArrayDataset.ForClassification("odd", [3], 2, Samples.From(new float[7], [0, 1]), Samples.None)
            )
            .Message.ShouldBe(
                "data set odd: its training samples have 7 numbers of input and 2 of target; a sample has 3 and 1"
            );
        Should
            .Throw<ActorTrainException>(() =>
                ArrayDataset.ForClassification("odd", [1], 2, Samples.From(new float[2], [0, 2]), Samples.None)
            )
            .Message.ShouldBe("data set odd: training sample 1 has class 2; it must be a whole number from 0 to 1");
        Should
            .Throw<ActorTrainException>(() => ArrayDataset.ForClassification("odd", [], 2, Samples.None, Samples.None))
            .Message.ShouldContain("its input shape is []");
    }

    [Fact]
    public void The_fingerprint_differs_when_any_number_does()
    {
        var (one, other) = (Numbers(1), Numbers(2));

        one.Description.Fingerprint.ShouldBe(Numbers(1).Description.Fingerprint);
        one.Description.Fingerprint.ShouldNotBe(other.Description.Fingerprint);

        static ArrayDataset Numbers(float last) =>
            ArrayDataset.ForRegression("n", [1], [1], new Samples(new float[] { 0, last }, new float[2]), Samples.None);
    }

    [Fact]
    public void A_table_is_read_for_classes_or_numbers()
    {
        var (train, test) = (
            Write("iris.csv", "length,kind,width\n1.5,rose,2\n\"3\",\"tulip, red\",4\n"),
            Write("test.csv", "length,kind,width\n5,rose,6\n")
        );

        var kinds = CsvFile.ForClassification(train, test, target: "kind");
        (kinds.Description.Name, kinds.Description.TrainSamples, kinds.Description.TestSamples, kinds.Classes).ShouldBe(
            ("iris", 2, 1, 2)
        );
        kinds.InputShape.ShouldBe([2]);
        ReadTrain(kinds, 1).ShouldBe([3, 4, 1]);

        var widths = CsvFile.ForRegression(
            Write("w.csv", "length,width\n1,2\n"),
            Write("v.csv", "length,width\n3,4\n"),
            target: "width"
        );
        ReadTrain(widths, 0).ShouldBe([1, 2]);
        widths.TargetShape.ShouldBe([1]);
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "c", "TRAIN: it has no column c; its columns are a, b.")]
    [InlineData("a,b\n1,2\nx,2\n", "b", "TRAIN, line 3: a is x; it must be a number.")]
    [InlineData("a,b\n1\n", "b", "TRAIN, line 2: it has 1 field; the header has 2.")]
    [InlineData("", "b", "TRAIN: it is empty; its first line must name the columns.")]
    public void A_wrong_table_is_refused_with_line_and_column(string text, string target, string sentence)
    {
        var train = Write("train.csv", text);

        Should
            .Throw<ActorTrainException>(() => CsvFile.ForRegression(train, train, target))
            .Message.ShouldBe(sentence.Replace("TRAIN", train, StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_of_images_by_class_is_read()
    {
        WriteImage("train/cat/1.bmp", RedWhite);
        WriteImage("train/dog/1.bmp", Grey);
        WriteImage("test/dog/1.bmp", RedWhite);

        var colour = ImageFolder.Load(_folder["pets"]);
        (
            colour.Classes,
            colour.Description.TrainSamples,
            colour.Description.TestSamples,
            colour.Description.Name
        ).ShouldBe((2, 2, 1, "pets"));
        colour.Train.Shape.ShouldBe(new ImageShape(3, 1, 2));
        colour.Train.Image(0).ToArray().ShouldBe([255, 255, 0, 255, 0, 255]);
        colour.Test.Labels.ToArray().ShouldBe([1]);

        ImageFolder
            .Load(_folder["pets"], channels: 1)
            .Train.Image(1)
            .ToArray()
            .ShouldAllBe(pixel => Math.Abs(pixel - 128) <= 1);
    }

    [Fact]
    public void An_image_that_is_damaged_or_of_another_size_is_named()
    {
        WriteImage("train/cat/1.bmp", RedWhite);
        WriteImage("train/dog/1.bmp", "no image"u8.ToArray());
        Directory.CreateDirectory(_folder["pets/test"]);

        Should
            .Throw<ActorTrainException>(() => ImageFolder.Load(_folder["pets"]))
            .Message.ShouldStartWith($"{_folder["pets/train/dog/1.bmp"]}: it cannot be read as an image (");
        WriteImage("train/dog/1.bmp", Bmp([1, 2, 3], width: 1));
        Should
            .Throw<ActorTrainException>(() => ImageFolder.Load(_folder["pets"]))
            .Message.ShouldBe(
                $"{_folder["pets/train/dog/1.bmp"]}: it is 1×1; the first image of the data set is 2×1, and all must "
                    + $"have the same size."
            );
        Should
            .Throw<ActorTrainException>(() => ImageFolder.Load(_folder["nowhere"]))
            .Message.ShouldContain("train does not exist;");
    }

    [Fact]
    public void A_data_set_with_an_invalid_shape_is_named()
    {
        Toy.Complaint(() => Sequential(Linear(2, 2)), new Shapeless([]))
            .ShouldBe("data set shapeless: its input shape is []; it must have dimensions of 1 or more");
        Toy.Complaint(() => Sequential(Linear(2, 2)), new Shapeless([2, 0]))
            .ShouldBe("data set shapeless: its input shape is [2, 0]; it must have dimensions of 1 or more");
    }

    [Fact]
    public void Augmentation_is_refused_without_images()
    {
        var factory = new TorchModelEngineFactory(
            "toy",
            new TorchModel(() => Sequential(Linear(2, 4))),
            _ => Toy.Quarters(),
            new TorchOptions("cpu", Threads: 1)
        );

        Should
            .Throw<ActorTrainException>(() => factory.Create(Jobs.Create("toy", ("augmentation.flip", "on"))))
            .Message.ShouldContain("data set quarters has none");
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private void WriteImage(string name, byte[] content)
    {
        var path = _folder["pets/" + name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private static float[] ReadTrain(IDataset dataset, int index)
    {
        var (input, target) = (new float[dataset.InputShape[0]], new float[1]);
        dataset.ReadTrain(index, input, target);
        return [.. input, .. target];
    }

    private static byte[] Bmp(byte[] pixels, int width = 2)
    {
        var row = new byte[(pixels.Length + 3) / 4 * 4];
        pixels.CopyTo(row, 0);
        return
        [
            .. "BM"u8,
            .. BitConverter.GetBytes(54 + row.Length),
            0,
            0,
            0,
            0,
            54,
            0,
            0,
            0,
            40,
            0,
            0,
            0,
            .. BitConverter.GetBytes(width),
            1,
            0,
            0,
            0,
            1,
            0,
            24,
            0,
            0,
            0,
            0,
            0,
            .. BitConverter.GetBytes(row.Length),
            .. new byte[16],
            .. row,
        ];
    }

    private sealed class Broken(Exception? failure) : IDataset
    {
        private readonly ArrayDataset _inner = Toy.Quarters();

        public DatasetDescription Description => _inner.Description with { Name = "broken" };

        public IReadOnlyList<long> InputShape => _inner.InputShape;

        public int Classes => _inner.Classes;

        public IReadOnlyList<long> TargetShape => _inner.TargetShape;

        public void ReadTrain(int index, Span<float> input, Span<float> target)
        {
            _inner.ReadTrain(index, input, target);
            if (index != 5)
                return;
            target[0] = 12;
            if (failure is not null)
                throw failure;
        }

        public void ReadTest(int index, Span<float> input, Span<float> target) => _inner.ReadTest(index, input, target);
    }

    private sealed class Shapeless(IReadOnlyList<long> shape) : IDataset
    {
        public DatasetDescription Description { get; } = new("shapeless", 10, 10, "00");

        public IReadOnlyList<long> InputShape => shape;

        public int Classes => 2;

        public IReadOnlyList<long> TargetShape => [];

        public void ReadTrain(int index, Span<float> input, Span<float> target) { }

        public void ReadTest(int index, Span<float> input, Span<float> target) { }
    }
}
