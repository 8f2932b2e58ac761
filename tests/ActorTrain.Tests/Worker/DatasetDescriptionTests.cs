using ActorTrain.Engines;

namespace ActorTrain.Tests.Worker;

public sealed class DatasetDescriptionTests
{
    [Theory]
    [InlineData(1024, 16, 1024)]
    [InlineData(1024, 17, 0)]
    [InlineData(1, 16 * 1024, 1)]
    [InlineData(1, 16 * 1024 + 1, 0)]
    public void Names_of_classes_are_kept_up_to_16_KiB_and_are_left_out_beyond(int count, int length, int kept)
    {
        var description = Describe(Enumerable.Repeat(new string('x', length), count));

        (description.ClassNames.Count, description.Classes).ShouldBe((kept, count));
    }

    [Fact]
    public void Names_are_measured_in_bytes_of_utf_8() =>
        Describe([new string('é', 8 * 1024 + 1)]).ClassNames.ShouldBeEmpty();

    [Fact]
    public void A_description_without_names_is_equal_to_another_without() =>
        new DatasetDescription("a", 1, 1, "00").ShouldBe(new DatasetDescription("a", 1, 1, "00"));

    private static DatasetDescription Describe(IEnumerable<string> names) =>
        new("many", 1, 0, "00") { Classes = names.Count(), ClassNames = [.. names] };
}
