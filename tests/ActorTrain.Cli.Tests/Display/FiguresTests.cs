using ActorTrain.CommandLine.Display;

namespace ActorTrain.Cli.Tests.Display;

public class FiguresTests
{
    [Theory]
    [InlineData(0.0, "0s")]
    [InlineData(59.4, "59s")]
    [InlineData(59.6, "1:00")]
    [InlineData(65.0, "1:05")]
    [InlineData(3599.4, "59:59")]
    [InlineData(3600.0, "1:00:00")]
    [InlineData(90_061.0, "25:01:01")]
    [InlineData(null, "-")]
    [InlineData(double.NaN, "-")]
    [InlineData(double.PositiveInfinity, "-")]
    [InlineData(1e300, "-")]
    [InlineData(-1.0, "-")]
    public void A_duration_has_no_leading_zero_units(double? seconds, string text) =>
        Figures.Duration(seconds).ShouldBe(text);

    [Theory]
    [InlineData(0, "0%")]
    [InlineData(0.994, "99%")]
    [InlineData(0.9999, "99%")]
    [InlineData(1, "100%")]
    [InlineData(1.5, "100%")]
    [InlineData(double.NaN, "0%")]
    [InlineData(0.29, "29%")]
    public void Percentages_are_rounded_down_so_that_100_means_all(double part, string text) =>
        Figures.Percent(part).ShouldBe(text);

    [Theory]
    [InlineData(null, "-"), InlineData(0.5, "0.500"), InlineData(double.NaN, "NaN")]
    public void A_loss_that_is_not_finite_is_NaN(double? loss, string text) => Figures.Loss(loss).ShouldBe(text);

    [Theory]
    [InlineData(null, "-")]
    [InlineData(double.NaN, "-")]
    [InlineData(0.0, "0.0000")]
    [InlineData(0.88123, "0.8812")]
    [InlineData(3.7, "3.7000")]
    [InlineData(-12.5, "-12.5000")]
    [InlineData(0.000123, "1.230E-4"), InlineData(2e12, "2.000E+12")]
    public void A_metric_of_any_size_is_readable(double? metric, string text) => Figures.Metric(metric).ShouldBe(text);

    [Fact]
    public void Counts_have_thousands_separators() => Figures.Count(1_863_690).ShouldBe("1,863,690");
}
