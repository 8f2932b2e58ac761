using ActorTrain.Sentences;
using CsCheck;

namespace ActorTrain.Tests.Sentences;

public sealed class SharesTests
{
    [Theory]
    [InlineData(new[] { 1 / 3.0, 1 / 3.0, 1 / 3.0 }, new[] { 34, 33, 33 })]
    [InlineData(new[] { 0.4452, 0.3132, 0.2416 }, new[] { 45, 31, 24 })]
    [InlineData(new[] { 0.995, 0.005 }, new[] { 100, 0 })]
    [InlineData(new[] { 1.0 }, new[] { 100 })]
    [InlineData(new[] { 0.29, 0.71 }, new[] { 29, 71 })]
    public void Shares_of_a_whole_add_up_to_100(double[] parts, int[] percent) =>
        Shares.InPercent(parts).ShouldBe(percent);

    [Fact]
    public void Without_samples_every_share_is_0() => Shares.InPercent([0, 0, double.NaN]).ShouldBe([0, 0, 0]);

    [Fact]
    public void Shares_of_a_part_add_up_to_that_part() => Shares.InPercent([0.255, 0.255]).Sum().ShouldBe(51);

    [Fact]
    public void The_sum_is_100_and_no_share_is_off_by_a_whole_percent() =>
        Gen.Int[0, 1000]
            .Array[1, 20]
            .Where(counts => counts.Sum() > 0)
            .Sample(counts =>
            {
                double[] parts = [.. counts.Select(count => (double)count / counts.Sum())];
                var percent = Shares.InPercent(parts);
                percent.Sum().ShouldBe(100);
                percent.Zip(parts).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second * 100) < 1);
            });
}
