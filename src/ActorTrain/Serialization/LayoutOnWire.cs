using ActorTrain.Parameters;

namespace ActorTrain.Serialization;

/// <summary>A layout as it travels: its tensors, from which it is laid out again.</summary>
internal sealed record LayoutOnWire(TensorSpec[] Tensors)
{
    public static LayoutOnWire Of(ParameterLayout layout) => new([.. layout.Tensors]);

    public ParameterLayout ToLayout() => ParameterLayout.Of(Tensors);
}
