using System.Reflection;
using TorchSharp;

namespace ActorTrain.Torch.Engine;

/// <summary>The fields of a user's types, without those that a type inherits from TorchSharp.</summary>
internal static class OwnFields
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The fields of a type and of its base types.</summary>
    public static IEnumerable<FieldInfo> Get(Type type)
    {
        var torchSharp = typeof(torch.nn.Module).Assembly;
        for (var at = type; at is not null && at != typeof(object) && at.Assembly != torchSharp; at = at.BaseType)
            foreach (var field in at.GetFields(Declared))
                yield return field;
    }
}
