using ActorTrain.Parameters;

namespace ActorTrain.Tests.Parameters;

/// <summary>Ranges that have a gradient.</summary>
internal static class Touched
{
    /// <summary>All of a vector.</summary>
    public static FlatRange[] All(int length) => [new FlatRange(0, length)];
}
