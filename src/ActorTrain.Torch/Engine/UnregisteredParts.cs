using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Finds parts of a module that are not registered with TorchSharp: layers in an array, a list or a user's object,
/// tensors that require a gradient in plain fields, parameters that only the loss holds. No optimizer would see them,
/// and each engine would have another random copy.
/// </summary>
internal sealed class UnregisteredParts
{
    // Deep enough for a layer in a list in an object in a field; a graph of objects has no end.
    private const int MaxDepth = 6;

    private static readonly string[] SystemNamespaces = ["System", "Microsoft", "Akka"];

    private readonly HashSet<nn.Module> _modules = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<IntPtr> _parameters = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    private readonly HashSet<nint> _memory = [];

    private UnregisteredParts(nn.Module module, bool isNew)
    {
        // storage() creates a tensor, which the scope disposes of.
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

    /// <summary>The first such part of a module, in one sentence that names the field and what to do; null where there
    /// is none.</summary>
    /// <param name="module">The module.</param>
    /// <param name="isNew">Whether it has not been called yet: what its constructor has computed is never computed
    /// again.</param>
    public static string? Find(nn.Module module, bool isNew)
    {
        var parts = new UnregisteredParts(module, isNew);
        return parts._modules.Select(parts.SearchFields).FirstOrDefault(found => found is not null);
    }

    /// <summary>The first such part that only a function holds, such as a loss with a parameter; null where there is
    /// none.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">What to call the function, such as <c>its loss</c>.</param>
    /// <param name="function">The function; its closure is searched.</param>
    public static string? Find(nn.Module module, string name, Delegate? function) =>
        FieldAccess.FirstWrittenBy(function) is { } written
            ? $"{name} changes {NameOf(written)}, and all engines call the same one; "
                + "a loss must depend on outputs and targets alone; state belongs in the module"
            : new UnregisteredParts(module, isNew: false).SearchClosure(name, function);

    private string? SearchFields(nn.Module module)
    {
        // TorchSharp's own layers register what they have.
        if (module.GetType().Assembly == typeof(nn.Module).Assembly)
            return null;
        var type = module.GetType();
        foreach (var field in OwnFields.Get(type))
            if (Search(field.GetValue(module), $"field {NameOf(field)} of {type.Name}", 0) is { } found)
                return found;
        return null;
    }

    private string? SearchClosure(string name, Delegate? function)
    {
        foreach (var single in function?.GetInvocationList() ?? [])
        {
            var read = FieldAccess.ReadBy(single.Method);
            foreach (var field in read.Where(field => field is { IsStatic: true, IsLiteral: false }))
                if (
                    !IsSystemType(field.DeclaringType!)
                    && Search(field.GetValue(null), $"{name} ({NameOf(field)})", 0) is { } found
                )
                    return found;
            if (single.Target is { } target && SearchReadFields(target, read, name, 0) is { } held)
                return held;
        }
        return null;
    }

    // A closure may hold the closure of an outer scope.
    private string? SearchReadFields(object holder, IReadOnlySet<FieldInfo> read, string name, int depth)
    {
        if (depth == MaxDepth)
            return null;
        foreach (var field in OwnFields.Get(holder.GetType()).Where(read.Contains))
        {
            var value = field.GetValue(holder);
            var isClosure = field.FieldType.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
            var found =
                value is not null && isClosure
                    ? SearchReadFields(value, read, name, depth + 1)
                    : Search(value, $"{name} ({NameOf(field)})", 0);
            if (found is not null)
                return found;
        }
        return null;
    }

    private string? Search(object? value, string place, int depth)
    {
        switch (value)
        {
            case null or string:
            case nn.Module known when _modules.Contains(known):
                return null;
            case nn.Module layer:
                return SearchLayer(layer, place);
            case Tensor tensor:
                return SearchTensor(tensor, place);
        }
        if (value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Lazy<>))
            return SearchLazy(value, type, place, depth);
        if (depth == MaxDepth || value.GetType().IsPrimitive || value.GetType().IsEnum || !_seen.Add(value))
            return null;
        if (value is IDictionary dictionary)
            return SearchAll(dictionary.Values, place, depth);
        if (value is Delegate function)
            return SearchClosure(place, function);
        if (value is Array numbers && numbers.GetType().GetElementType()!.IsPrimitive)
            return null;
        if (value is ICollection collection)
            return SearchAll(collection, place, depth);
        // A user's object, or a tuple.
        if (!IsSearched(value.GetType()))
            return null;
        foreach (var field in OwnFields.Get(value.GetType()))
            if (Search(field.GetValue(value), $"{place} ({NameOf(field)})", depth + 1) is { } found)
                return found;
        return null;
    }

    private string? SearchLayer(nn.Module layer, string place) =>
        layer.parameters().Any(parameter => parameter.requires_grad && !_parameters.Contains(parameter.Handle))
            ? $"{place} holds a layer ({layer.GetType().Name}) that is not registered, so that no optimizer "
                + $"sees its parameters; {PutBy("a ModuleList or a ModuleDict, or register_module")}"
            : null;

    private string? SearchTensor(Tensor tensor, string place)
    {
        if (IsUnregistered(tensor))
            return $"{place} holds a {KindOf(tensor)}, {Shape(tensor)}, that is not registered, so that no "
                + $"optimizer sees it; {PutBy("register_parameter")}";
        return IsPrecomputed(tensor)
            ? $"{place} holds a tensor that the constructor has computed from a parameter or a buffer, "
                + $"{Shape(tensor)}; it is not computed again when that changes: compute it in forward"
            : null;
    }

    private string? SearchAll(IEnumerable values, string place, int depth)
    {
        foreach (var value in values)
            if (Search(value, place, depth + 1) is { } found)
                return found;
        return null;
    }

    private static bool IsSearched(Type type) =>
        type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
        || type.FullName?.StartsWith("System.Tuple`", StringComparison.Ordinal) == true
        || (type.Assembly != typeof(nn.Module).Assembly && !IsSystemType(type));

    private static bool IsSystemType(Type type) =>
        type.Assembly == typeof(UnregisteredParts).Assembly
        || (
            type.Namespace is { } name
            && SystemNamespaces.Any(system => name == system || name.StartsWith(system + ".", StringComparison.Ordinal))
        );

    // A property's field is named after it.
    private static string NameOf(FieldInfo field) =>
        field.Name is ['<', _, ..] name && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end
            ? name[1..end]
            : field.Name;

    // A layer that is not created yet would be created by each engine for itself.
    private string? SearchLazy(object value, Type type, string place, int depth)
    {
        if ((bool)type.GetProperty(nameof(Lazy<int>.IsValueCreated))!.GetValue(value)!)
            return Search(type.GetProperty(nameof(Lazy<int>.Value))!.GetValue(value), place, depth + 1);
        return typeof(nn.Module).IsAssignableFrom(type.GetGenericArguments()[0])
            ? $"{place} holds a layer that is created later, so that no optimizer sees its parameters; create it in "
                + "the constructor"
            : null;
    }

    private bool IsPrecomputed(Tensor tensor)
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

    private bool IsUnregistered(Tensor tensor) =>
        !tensor.IsInvalid && tensor.requires_grad && tensor.is_leaf && !_parameters.Contains(tensor.Handle);

    private static string KindOf(Tensor tensor) =>
        tensor is TorchSharp.Modules.Parameter ? "parameter" : "tensor that requires a gradient";

    private static string PutBy(string how) => $"put it into the module by {how}";

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
