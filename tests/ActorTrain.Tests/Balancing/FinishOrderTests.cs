using ActorTrain.Balancing;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class FinishOrderTests
{
    [Theory, InlineData(0, 2), InlineData(1, 1), InlineData(2, 1)]
    public void Who_asks_is_none_of_the_others(int asks, double first) =>
        new FinishOrder([1, 2, 3]).FirstBut(asks).ShouldBe(first);

    [Fact]
    public void Alone_nobody_else_is_ever_done() => new FinishOrder([1]).FirstBut(0).ShouldBe(double.PositiveInfinity);

    [Fact]
    public void Whatever_changes_the_first_of_the_others_is_the_least_of_them() =>
        Gen.Select(Gen.Int[0, 9].Array[2, 8], Gen.Select(Gen.Int[0, 7], Gen.Int[0, 9], Gen.Int[0, 7]).Array[1, 30])
            .Sample(
                (at, changes) =>
                {
                    var order = new FinishOrder(at.Select(one => (double)one));
                    foreach (var (changed, to, asks) in changes)
                    {
                        order.Set(changed % at.Length, at[changed % at.Length] = to);
                        order
                            .FirstBut(asks % at.Length)
                            .ShouldBe(at.Where((_, worker) => worker != asks % at.Length).Min());
                    }
                }
            );
}
