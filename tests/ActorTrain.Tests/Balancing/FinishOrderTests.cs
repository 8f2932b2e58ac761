using ActorTrain.Balancing;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class FinishOrderTests
{
    [Theory, InlineData(0, 2), InlineData(1, 1), InlineData(2, 1)]
    public void The_first_of_the_others_is_never_the_worker_itself(int asks, double first) =>
        new FinishOrder([1, 2, 3]).FirstExcept(asks).ShouldBe(first);

    [Fact]
    public void Without_others_none_of_them_ever_finishes() =>
        new FinishOrder([1]).FirstExcept(0).ShouldBe(double.PositiveInfinity);

    [Fact]
    public void After_any_change_the_first_of_the_others_is_the_least_of_them() =>
        Gen.Select(Gen.Int[0, 9].Array[2, 8], Gen.Select(Gen.Int[0, 7], Gen.Int[0, 9], Gen.Int[0, 7]).Array[1, 30])
            .Sample(
                (at, changes) =>
                {
                    var order = new FinishOrder(at.Select(one => (double)one));
                    foreach (var (changed, to, asks) in changes)
                    {
                        order.Set(changed % at.Length, at[changed % at.Length] = to);
                        order
                            .FirstExcept(asks % at.Length)
                            .ShouldBe(at.Where((_, worker) => worker != asks % at.Length).Min());
                    }
                }
            );
}
