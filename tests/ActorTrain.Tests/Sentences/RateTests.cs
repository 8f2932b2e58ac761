using ActorTrain.Sentences;

namespace ActorTrain.Tests.Sentences;

public sealed class RateTests
{
    [Theory]
    [InlineData(0, "0"), InlineData(0.03, "0.03"), InlineData(0.9, "0.9"), InlineData(99.94, "99.9")]
    [InlineData(100, "100"), InlineData(4812.4, "4,812"), InlineData(double.NaN, "-")]
    public void Small_rates_have_decimals(double rate, string text) => Rate.Format(rate).ShouldBe(text);
}
