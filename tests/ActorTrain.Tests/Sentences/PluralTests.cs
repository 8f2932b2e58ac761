using ActorTrain.Sentences;

namespace ActorTrain.Tests.Sentences;

public sealed class PluralTests
{
    [Theory]
    [InlineData(0, "0 samples")]
    [InlineData(1, "1 sample")]
    [InlineData(2, "2 samples")]
    [InlineData(60_000, "60,000 samples")]
    [InlineData(-1, "-1 samples")]
    public void A_noun_agrees_with_its_number(long count, string text) => Plural.Format(count, "sample").ShouldBe(text);

    [Theory, InlineData(1, "1 class"), InlineData(3, "3 classes")]
    public void An_irregular_noun_is_given_in_both_forms(long count, string text) =>
        Plural.Format(count, "class", "classes").ShouldBe(text);

    [Theory, InlineData(1, "1 sample goes back"), InlineData(2, "2 samples go back")]
    public void A_verb_agrees_with_its_number(long count, string text) =>
        Plural.Format(count, "sample goes back", "samples go back").ShouldBe(text);

    [
        Theory,
        InlineData(1.0, "1 minute"),
        InlineData(2.0, "2 minutes"),
        InlineData(0.5, "0.5 minutes"),
        InlineData(1.04, "1 minute")
    ]
    public void A_duration_agrees_with_its_rounded_number(double minutes, string text) =>
        Plural.Format(minutes, "minute").ShouldBe(text);
}
