using ActorTrain.Leases;

namespace ActorTrain.Tests.Leases;

public sealed class SampleOrderTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(1000)]
    public void An_order_holds_every_sample_once(int samples) =>
        Order(seed: 3, epoch: 1, samples).Order().ShouldBe(Enumerable.Range(0, samples));

    [Fact]
    public void An_order_is_the_same_for_the_same_seed_and_epoch() => Order(3, 2, 1000).ShouldBe(Order(3, 2, 1000));

    [Theory, InlineData(4, 2), InlineData(3, 1)]
    public void An_order_differs_for_another_seed_or_epoch(long seed, int epoch) =>
        Order(seed, epoch, 1000).ShouldNotBe(Order(3, 2, 1000));

    // A change of the order would change every result.
    [Fact]
    public void An_order_stays_the_same_in_every_version() =>
        Order(seed: 1, epoch: 1, samples: 10).ShouldBe([0, 2, 8, 3, 1, 9, 4, 6, 5, 7]);

    [Fact]
    public void Samples_spread_evenly_over_positions()
    {
        var places = new int[10, 10];
        for (var seed = 0; seed < 10_000; seed++)
        {
            var order = Order(seed, 1, 10);
            for (var i = 0; i < 10; i++)
                places[i, order[i]]++;
        }
        foreach (var count in places)
            count.ShouldBeInRange(850, 1150);
    }

    [Fact]
    public void Every_part_has_a_seed_of_its_own() =>
        Enumerable
            .Range(0, 1000)
            .Select(i => SampleOrder.SeedOf(1, new SampleRange(1 + i % 10, i * 64, 64)))
            .Distinct()
            .Count()
            .ShouldBe(1000);

    [Fact]
    public void An_order_is_computed_once_while_it_is_in_use()
    {
        var order = SampleOrder.Get(7, 1, 100);
        SampleOrder.Get(7, 1, 100).ShouldBe(order);
        GC.KeepAlive(order);
    }

    private static int[] Order(long seed, int epoch, int samples) => SampleOrder.Get(seed, epoch, samples).ToArray();
}
