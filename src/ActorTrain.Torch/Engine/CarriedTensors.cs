using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// What a module carries from one call to the next in plain fields, such as a hidden state. It is made within the
/// engine's
/// dispose scope, and would be gone with it: a plain loop without one keeps it.
/// </summary>
internal sealed class CarriedTensors
{
    private readonly List<(nn.Module Module, FieldInfo Field)> _fields = [];

    private CarriedTensors() { }

    /// <summary>Those of a module and all that it is made of. TorchSharp's own layers carry none.</summary>
    public static CarriedTensors Of(nn.Module module)
    {
        var carried = new CarriedTensors();
        foreach (var part in module.modules().Prepend(module).Distinct())
            foreach (var field in OwnFields.Of(part.GetType()).Where(field => MayHold(field.FieldType)))
                carried._fields.Add((part, field));
        return carried;
    }

    /// <summary>Takes them out of the calling thread's dispose scope.</summary>
    public void Keep()
    {
        foreach (var (module, field) in _fields)
        {
            switch (field.GetValue(module))
            {
                case Tensor tensor: Keep(tensor); break;
                case ITuple tuple:
                    for (var i = 0; i < tuple.Length; i++) Keep(tuple[i] as Tensor);
                    break;
                case IEnumerable<Tensor> tensors:
                    foreach (var tensor in tensors) Keep(tensor);
                    break;
            }
        }
    }

    private static void Keep(Tensor? tensor)
    {
        if (tensor is { IsInvalid: false }) tensor.DetachFromDisposeScope();
    }

    private static bool MayHold(Type type) =>
        typeof(Tensor).IsAssignableFrom(type)
        || typeof(ITuple).IsAssignableFrom(Nullable.GetUnderlyingType(type) ?? type)
        || typeof(IEnumerable<Tensor>).IsAssignableFrom(type);
}
