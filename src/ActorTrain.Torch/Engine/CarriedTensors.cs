using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// The tensors that a module, its loss and its metric keep in fields from one call to the next: a hidden state, masks
/// by length, an average. The engine's dispose scope would dispose of them, whereas a plain loop, which has none, keeps
/// them. As in a plain loop, the garbage collector frees those that are replaced.
/// </summary>
internal sealed class CarriedTensors
{
    private const int MaxDepth = 4;

    private readonly List<(object Holder, FieldInfo Field)> _fields = [];

    private CarriedTensors() { }

    /// <summary>Finds the fields that may hold tensors, of a module with its submodules and of functions. TorchSharp's
    /// own layers keep none.</summary>
    public static CarriedTensors Find(nn.Module module, params IEnumerable<Delegate?> functions)
    {
        var carried = new CarriedTensors();
        var holders = module
            .modules()
            .Prepend(module)
            .Distinct<object>()
            .Concat(functions.Select(function => function?.Target).OfType<object>());
        foreach (var holder in holders)
        foreach (var field in OwnFields.Get(holder.GetType()).Where(field => MayHold(field.FieldType)))
            carried._fields.Add((holder, field));
        return carried;
    }

    /// <summary>Detaches the tensors from the calling thread's dispose scope.</summary>
    public void Keep()
    {
        foreach (var (holder, field) in _fields)
            Keep(field.GetValue(holder), 0);
    }

    private static void Keep(object? value, int depth)
    {
        switch (value)
        {
            case null or string or nn.Module:
                return;
            case Tensor tensor:
                if (!tensor.IsInvalid)
                    tensor.DetachFromDisposeScope();
                return;
        }
        if (depth == MaxDepth || !MayHold(value.GetType()))
            return;
        switch (value)
        {
            case IDictionary dictionary:
                foreach (var held in dictionary.Values)
                    Keep(held, depth + 1);
                return;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                    Keep(tuple[i], depth + 1);
                return;
            case ICollection collection:
                foreach (var held in collection)
                    Keep(held, depth + 1);
                return;
            case Delegate { Target: var target }:
                Keep(target, depth + 1);
                return;
            case Lazy<Tensor> { IsValueCreated: true } lazy:
                Keep(lazy.Value, depth + 1);
                return;
        }
        if (
            value.GetType().Namespace is { } name
            && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal))
        )
            return;
        foreach (var field in OwnFields.Get(value.GetType()).Where(field => MayHold(field.FieldType)))
            Keep(field.GetValue(value), depth + 1);
    }

    // A number, a text, an array of numbers and a layer hold no tensors of their own.
    private static bool MayHold(Type type)
    {
        var held = Nullable.GetUnderlyingType(type) ?? type;
        if (held.IsArray)
            return MayHold(held.GetElementType()!);
        return !(
            held.IsPrimitive
            || held.IsEnum
            || held.IsPointer
            || held == typeof(string)
            || typeof(nn.Module).IsAssignableFrom(held)
        );
    }
}
