using System.Runtime.InteropServices;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Unusual arrays: each is read correctly, or refused in one sentence.</summary>
public sealed class AwkwardArraysSpecs
{
    [Fact]
    public void A_data_set_has_a_name_for_each_class_or_none()
    {
        Pets(["cat", "dog"]).ClassNames.ShouldBe(["cat", "dog"]);
        Pets(null).ClassNames.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cat", "it has 2 classes, and the number of their names is 1; each class must have one")]
    [InlineData("cat, ", "a class has an empty name; where there are names, each class must have one")]
    [InlineData("cat,cat", "two classes are named cat; each must have a name of its own")]
    public void Names_that_do_not_fit_the_classes_are_refused(string names, string sentence) =>
        Sentence(() => Pets(names.Split(','))).ShouldBe($"data set pets: {sentence}");

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(0.5f, "0.5")]
    [InlineData(-1, "-1")]
    [InlineData(2, "2")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void An_invalid_class_is_refused_with_its_sample(float target, string shown)
    {
        var train = new Samples(new float[2], new[] { 0, target });

        Sentence(() => ArrayDataset.ForClassification("n", [1], 2, train, Samples.None))
            .ShouldBe($"data set n: training sample 1 has class {shown}; it must be a whole number from 0 to 1");
    }

    [Fact]
    public void Inputs_that_are_not_finite_are_kept_for_the_engine_to_check()
    {
        var inputs = new[] { float.NaN, 1, 2, float.PositiveInfinity };
        var dataset = ArrayDataset.ForRegression("n", [2], [1], new Samples(inputs, new float[2]), Samples.None);
        var input = new float[2];

        dataset.ReadTrain(0, input, new float[1]);
        input.ShouldBe([float.NaN, 1]);
        dataset.ReadTrain(1, input, new float[1]);
        input.ShouldBe([2, float.PositiveInfinity]);
    }

    [Theory]
    [InlineData(-1), InlineData(2), InlineData(1 << 30), InlineData(int.MinValue)]
    public void Reading_a_sample_that_does_not_exist_throws(int index)
    {
        var numbers = ArrayDataset.ForRegression("n", [4], [1], new Samples(new float[8], new float[2]), Samples.None);
        var images = new ImageSet(new ImageShape(1, 2, 2), new byte[8], new int[2]);

        Should.Throw<SystemException>(() => numbers.ReadTrain(index, new float[4], new float[1]));
        Should.Throw<SystemException>(() => images.Image(index).Length);
    }

    [Theory]
    [InlineData(1L << 16, 1L << 16)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_shape_of_more_numbers_than_an_array_holds_is_refused(long height, long width) =>
        Sentence(() => ArrayDataset.ForRegression("n", [height, width], [1], Samples.None, Samples.None))
            .ShouldBe(
                $"data set n: its input shape is [{height}, {width}]; it must have {Array.MaxLength} numbers or fewer"
            );

    [Fact]
    public void An_image_of_more_bytes_than_an_array_holds_is_refused() =>
        Should
            .Throw<ArgumentException>(() => new ImageSet(new ImageShape(3, 40_000, 40_000), default, default))
            .Message.ShouldStartWith("an image of 3×40000×40000 has 4,800,000,000 bytes; it must have 1 to 2147483647");

    [Theory]
    [InlineData(1), InlineData(3), InlineData(4), InlineData(1000)]
    public void A_fingerprint_does_not_depend_on_how_many_numbers_are_hashed_at_a_time(int atATime)
    {
        float[] first = [1, 2, 3, 4, 5, 6, 7],
            second = [8, 9, 10, 11];
        var bytes = MemoryMarshal.AsBytes([.. first, .. second]).ToArray();

        Fingerprint.Compute([first, ReadOnlyMemory<float>.Empty, second], atATime).ShouldBe(Fingerprint.Compute(bytes));
    }

    [Fact]
    public void An_array_beyond_2_GiB_is_read_to_its_last_sample()
    {
        const int Length = 1 << 20,
            Count = 520;
        var inputs = new float[Count * Length];
        (inputs[^Length], inputs[^1]) = (3, 4);
        var train = new Samples(inputs, new float[Count]);

        var dataset = ArrayDataset.ForRegression("large", [Length], [1], train, Samples.None);

        ((long)inputs.Length * sizeof(float)).ShouldBeGreaterThan(int.MaxValue);
        var input = new float[Length];
        dataset.ReadTrain(Count - 1, input, new float[1]);
        (input[0], input[^1]).ShouldBe((3, 4));
    }

    private static ArrayDataset Pets(string[]? names) =>
        ArrayDataset.ForClassification("pets", [1], 2, Samples.From(new float[2], [0, 1]), Samples.None, names);

    private static string Sentence(Func<ArrayDataset> make) => Should.Throw<ActorTrainException>(make).Message;
}
