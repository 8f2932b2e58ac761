namespace ActorTrain.Tests;

public sealed class SplitMix64Tests
{
    [Fact]
    public void Gives_the_published_numbers()
    {
        var random = new SplitMix64(1234567);

        new[] { random.Next(), random.Next(), random.Next() }.ShouldBe([
            6457827717110365317,
            3203168211198807973,
            9817491932198370423,
        ]);
    }

    [Fact]
    public void Draws_stay_within_their_bounds_and_reach_them()
    {
        var random = new SplitMix64(1);
        var draws = Enumerable.Range(0, 1000).Select(_ => random.NextBelow(5)).ToList();
        var floats = Enumerable.Range(0, 1000).Select(_ => random.NextFloat()).ToList();

        draws.Distinct().Order().ShouldBe([0, 1, 2, 3, 4]);
        floats.ShouldAllBe(value => value >= 0 && value < 1);
        floats.Average().ShouldBe(0.5f, tolerance: 0.05f);
    }
}
