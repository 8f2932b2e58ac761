namespace ActorTrain.Torch.Tests.Models;

public sealed class StartingValuesSpecs
{
    [Fact]
    public void The_same_seed_gives_the_same_values_to_every_engine()
    {
        using var one = Jobs.Engine("cnn");
        using var other = Jobs.Engine("cnn");
        one.Initialize(42);
        other.Initialize(42);

        other.Parameters.ToArray().ShouldBe(one.Parameters.ToArray());
    }

    [Fact]
    public void Another_seed_gives_other_values()
    {
        using var engine = Jobs.Started("cnn");
        var before = engine.Parameters.ToArray();
        engine.Initialize(2);

        engine.Parameters.ToArray().ShouldNotBe(before);
    }

    /// <summary>Fixed values, so that a run can be repeated on another machine and with a later version.</summary>
    [Fact]
    public void The_values_of_a_seed_never_change()
    {
        using var engine = Jobs.Started("mlp");

        engine.Parameters[..4].ToArray().ShouldBe([0.0047543943f, 0.017555838f, 0.033643052f, -0.003974344f]);
    }

    [Fact]
    public void Weights_and_biases_fill_the_range_of_their_fan_in()
    {
        using var engine = Jobs.Started("mlp", ("mlp.hidden", "400"));
        foreach (
            var (name, fanIn) in new[] { ("layers.0.weight", 784), ("layers.0.bias", 784), ("layers.2.weight", 400) }
        )
        {
            var place = engine.Model.Parameters.Tensors.Single(tensor => tensor.Name == name);
            var values = engine.Parameters.Slice(place.Offset, place.Length).ToArray();
            var bound = 1 / MathF.Sqrt(fanIn);

            values.ShouldAllBe(value => value >= -bound && value < bound);
            values.Max().ShouldBe(bound, tolerance: bound / 20);
            values.Average().ShouldBe(0, tolerance: bound / 10);
        }
    }

    [Fact]
    public void Normalisations_start_as_the_identity()
    {
        using var engine = Jobs.Started("mobilenet");

        Values("features.3.1.weight").ShouldAllBe(value => value == 1);
        Values("features.3.1.bias").ShouldAllBe(value => value == 0);
        foreach (var place in engine.Model.Buffers.Tensors)
            engine
                .Buffers.Slice(place.Offset, place.Length)
                .ToArray()
                .ShouldAllBe(value => value == (place.Name.EndsWith("running_var") ? 1 : 0));

        float[] Values(string name)
        {
            var place = engine.Model.Parameters.Tensors.Single(tensor => tensor.Name == name);
            return engine.Parameters.Slice(place.Offset, place.Length).ToArray();
        }
    }
}
