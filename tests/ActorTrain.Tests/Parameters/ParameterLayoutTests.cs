using ActorTrain.Parameters;

namespace ActorTrain.Tests.Parameters;

public sealed class ParameterLayoutTests
{
    private static readonly ParameterLayout Layout = ParameterLayout.Create([
        ("a.weight", [3, 2]),
        ("a.bias", [3]),
        ("scale", []),
    ]);

    [Fact]
    public void Tensors_lie_one_after_the_other()
    {
        Layout.Tensors.Select(tensor => (tensor.Offset, tensor.Length)).ShouldBe([(0, 6), (6, 3), (9, 1)]);
        Layout.Length.ShouldBe(10);
    }

    [Fact]
    public void The_hash_tells_layouts_apart()
    {
        ParameterLayout.Create([("a.weight", [3, 2]), ("a.bias", [3]), ("scale", [])]).Hash.ShouldBe(Layout.Hash);
        ParameterLayout.Create([("a.weight", [2, 3]), ("a.bias", [3]), ("scale", [])]).Hash.ShouldNotBe(Layout.Hash);
    }

    [Fact]
    public void The_first_difference_names_both_sides() =>
        ParameterLayout
            .Create([("a.weight", [3, 2]), ("a.bias", [4])])
            .FirstDifference(Layout, "here", "there")
            .ShouldBe("tensor 1 is a.bias [4] at here and a.bias [3] at there");

    [Fact]
    public void A_tensor_too_few_is_a_difference() =>
        ParameterLayout
            .Create([("a.weight", [3, 2]), ("a.bias", [3])])
            .FirstDifference(Layout, "here", "there")
            .ShouldBe("tensor 2 is absent at here and scale [] at there");

    [Fact]
    public void Equal_layouts_have_no_difference() =>
        ParameterLayout
            .Create([("a.weight", [3, 2]), ("a.bias", [3]), ("scale", [])])
            .FirstDifference(Layout, "here", "there")
            .ShouldBeNull();

    [Fact]
    public void A_name_that_occurs_twice_is_refused() =>
        Should
            .Throw<ActorTrainException>(() => ParameterLayout.Create([("w", [1]), ("w", [1])]))
            .Message.ShouldContain("'w'");

    [Fact]
    public void A_vector_too_long_to_be_indexed_is_refused() =>
        Should
            .Throw<ActorTrainException>(() => ParameterLayout.Create([("w", [65536, 65536])]))
            .Message.ShouldContain("'w'");
}
