using System.Reflection;
using TorchSharp;

namespace ActorTrain.Torch.Engine;

/// <summary>The fields of somebody's own types; what a type inherits from TorchSharp is TorchSharp's.</summary>
internal static class OwnFields
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Of a type and of those that it inherits from.</summary>
    public static IEnumerable<FieldInfo> Of(Type type)
    {
        var torchSharp = typeof(torch.nn.Module).Assembly;
        for (var at = type; at is not null && at != typeof(object) && at.Assembly != torchSharp; at = at.BaseType)
            foreach (var field in at.GetFields(Declared))
                yield return field;
    }
}
