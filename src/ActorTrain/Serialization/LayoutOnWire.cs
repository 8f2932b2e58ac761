using ActorTrain.Parameters;

namespace ActorTrain.Serialization;

/// <summary>A layout on the wire: its tensors, from which the layout is computed again.</summary>
internal sealed record LayoutOnWire(TensorSpec[] Tensors)
{
    public static LayoutOnWire From(ParameterLayout layout) => new([.. layout.Tensors]);

    public ParameterLayout ToLayout() => ParameterLayout.Create(Tensors);
}
