using ActorTrain.Settings;

namespace ActorTrain.Tests.Settings;

public class SpellingTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "ab", 2)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "axc", 1)]
    [InlineData("abc", "ac", 1)]
    [InlineData("trian", "train", 1), InlineData("optimiser", "optimizer", 1), InlineData("kitten", "sitting", 3)]
    public void The_distance_counts_wrong_missing_added_and_swapped_letters(string from, string to, int edits) =>
        Spelling.Edits(from, to).ShouldBe(edits);

    [Fact]
    public void A_word_is_near_when_at_most_a_third_of_its_letters_are_wrong()
    {
        string[] words = ["epochs", "batch", "seed"];

        Spelling.Nearest("epoch", words).ShouldBe("epochs");
        Spelling.Nearest("epxxhs", words).ShouldBe("epochs");
        Spelling.Nearest("exxxhs", words).ShouldBeNull();
        Spelling.Nearest("steed", words).ShouldBe("seed");
    }
}
