using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Finds what a module has and TorchSharp does not know of: layers in an array, a list or an object of one's own,
/// tensors that want a gradient in plain fields, parameters that only the loss holds. No optimizer would see them, and
/// each engine would have another random copy.
/// </summary>
internal sealed class UnregisteredParts
{
    // Deep enough for a layer in a list in an object in a field; a graph of objects has no end.
    private const int Deepest = 6;

    private static readonly string[] Systems = ["System", "Microsoft", "Akka"];

    private readonly HashSet<nn.Module> _modules = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<IntPtr> _parameters = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    private readonly HashSet<nint> _memory = [];

    private UnregisteredParts(nn.Module module, bool isNew)
    {
        // A storage holds a tensor of its own.
        using var scope = NewDisposeScope();
        if (isNew)
            foreach (var tensor in module.parameters().Concat(module.buffers()))
                if (MemoryOf(tensor) is { } memory)
                    _memory.Add(memory);
        _modules.Add(module);
        _modules.UnionWith(module.modules());
        foreach (var parameter in module.parameters())
            _parameters.Add(parameter.Handle);
        foreach (var buffer in module.buffers())
            _parameters.Add(buffer.Handle);
    }

    /// <summary>The first of a module, in one sentence that names the field and the cure; null where there is
    /// none.</summary>
    /// <param name="module">The module.</param>
    /// <param name="isNew">Whether it has not been called yet: what its fields hold then is never computed
    /// again.</param>
    public static string? FirstIn(nn.Module module, bool isNew)
    {
        var parts = new UnregisteredParts(module, isNew);
        return parts._modules.Select(parts.InFieldsOf).FirstOrDefault(found => found is not null);
    }

    /// <summary>The first that only a function holds: a loss with a parameter of its own, which no optimizer would
    /// see.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">What to call the function, such as <c>its loss</c>.</param>
    /// <param name="function">The function; what its closure has captured is looked at.</param>
    public static string? FirstIn(nn.Module module, string name, Delegate? function) =>
        FieldsRead.FirstWrittenBy(function) is { } written
            ? $"{name} changes {NameOf(written)}, and all engines call the same one; "
                + "a loss depends on outputs and targets alone, and what it remembers belongs into the module"
            : new UnregisteredParts(module, isNew: false).InClosureOf(name, function);

    private string? InFieldsOf(nn.Module module)
    {
        // TorchSharp's own layers register what they have.
        if (module.GetType().Assembly == typeof(nn.Module).Assembly)
            return null;
        var type = module.GetType();
        foreach (var field in OwnFields.Of(type))
            if (In(field.GetValue(module), $"field {NameOf(field)} of {type.Name}", 0) is { } found)
                return found;
        return null;
    }

    private string? InClosureOf(string name, Delegate? function)
    {
        foreach (var single in function?.GetInvocationList() ?? [])
        {
            var read = FieldsRead.By(single.Method);
            foreach (var field in read.Where(field => field is { IsStatic: true, IsLiteral: false }))
                if (
                    !IsOfTheSystem(field.DeclaringType!)
                    && In(field.GetValue(null), $"{name} ({NameOf(field)})", 0) is { } found
                )
                    return found;
            if (single.Target is { } target && InReadFieldsOf(target, read, name, 0) is { } held)
                return held;
        }
        return null;
    }

    // One closure may hold another, with what is captured further out.
    private string? InReadFieldsOf(object holder, IReadOnlySet<FieldInfo> read, string name, int depth)
    {
        if (depth == Deepest)
            return null;
        foreach (var field in OwnFields.Of(holder.GetType()).Where(read.Contains))
        {
            var value = field.GetValue(holder);
            var isClosure = field.FieldType.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
            var found =
                value is not null && isClosure
                    ? InReadFieldsOf(value, read, name, depth + 1)
                    : In(value, $"{name} ({NameOf(field)})", 0);
            if (found is not null)
                return found;
        }
        return null;
    }

    private string? In(object? value, string place, int depth)
    {
        switch (value)
        {
            case null or string:
            case nn.Module known when _modules.Contains(known):
                return null;
            case nn.Module layer:
                return layer
                    .parameters()
                    .Any(parameter => parameter.requires_grad && !_parameters.Contains(parameter.Handle))
                    ? $"{place} holds a layer ({layer.GetType().Name}) that is not registered, so that no optimizer "
                        + $"sees its parameters; {Cure("a ModuleList or a ModuleDict, or register_module")}"
                    : null;
            case Tensor tensor:
                return IsLoose(tensor)
                        ? $"{place} holds a {KindOf(tensor)}, {Shape(tensor)}, that is not registered, so that no "
                            + $"optimizer sees it; {Cure("register_parameter")}"
                    : IsStale(tensor)
                        ? $"{place} holds a tensor that the constructor has made of a parameter or a buffer, "
                            + $"{Shape(tensor)}; it is not computed again when that changes: compute it in forward"
                    : null;
        }
        if (value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Lazy<>))
            return InLazy(value, type, place, depth);
        if (depth == Deepest || value.GetType().IsPrimitive || value.GetType().IsEnum || !_seen.Add(value))
            return null;
        if (value is IDictionary dictionary)
            return InAll(dictionary.Values, place, depth);
        if (value is Delegate function)
            return InClosureOf(place, function);
        if (value is Array numbers && numbers.GetType().GetElementType()!.IsPrimitive)
            return null;
        if (value is ICollection collection)
            return InAll(collection, place, depth);
        // An object of one's own, or a tuple.
        if (!IsLookedInto(value.GetType()))
            return null;
        foreach (var field in OwnFields.Of(value.GetType()))
            if (In(field.GetValue(value), $"{place} ({NameOf(field)})", depth + 1) is { } found)
                return found;
        return null;
    }

    private string? InAll(IEnumerable values, string place, int depth)
    {
        foreach (var value in values)
            if (In(value, place, depth + 1) is { } found)
                return found;
        return null;
    }

    private static bool IsLookedInto(Type type) =>
        type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
        || type.FullName?.StartsWith("System.Tuple`", StringComparison.Ordinal) == true
        || (type.Assembly != typeof(nn.Module).Assembly && !IsOfTheSystem(type));

    private static bool IsOfTheSystem(Type type) =>
        type.Assembly == typeof(UnregisteredParts).Assembly
        || (
            type.Namespace is { } name
            && Systems.Any(system => name == system || name.StartsWith(system + ".", StringComparison.Ordinal))
        );

    // A property's field is named after it.
    private static string NameOf(FieldInfo field) =>
        field.Name is ['<', _, ..] name && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end
            ? name[1..end]
            : field.Name;

    // What is not made yet would be made by each engine for itself.
    private string? InLazy(object value, Type type, string place, int depth)
    {
        if ((bool)type.GetProperty(nameof(Lazy<int>.IsValueCreated))!.GetValue(value)!)
            return In(type.GetProperty(nameof(Lazy<int>.Value))!.GetValue(value), place, depth + 1);
        return typeof(nn.Module).IsAssignableFrom(type.GetGenericArguments()[0])
            ? $"{place} holds a layer that is made later, so that no optimizer sees its parameters; make it in the "
                + "constructor"
            : null;
    }

    private bool IsStale(Tensor tensor)
    {
        if (_memory.Count == 0 || tensor.IsInvalid || _parameters.Contains(tensor.Handle))
            return false;
        if (tensor.requires_grad && !tensor.is_leaf)
            return true;
        using var scope = NewDisposeScope();
        return MemoryOf(tensor) is { } memory && _memory.Contains(memory);
    }

    private static nint? MemoryOf(Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && !tensor.is_sparse && tensor.numel() > 0
            ? tensor.storage<float>().data_ptr()
            : null;

    private bool IsLoose(Tensor tensor) =>
        !tensor.IsInvalid && tensor.requires_grad && tensor.is_leaf && !_parameters.Contains(tensor.Handle);

    private static string KindOf(Tensor tensor) =>
        tensor is TorchSharp.Modules.Parameter ? "parameter" : "tensor that requires a gradient";

    private static string Cure(string how) => $"put it into the module by {how}";

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
