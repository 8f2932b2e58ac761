using ActorTrain.Engines;
using ActorTrain.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Lays a module out in two flat vectors: trained parameters in one; frozen parameters and buffers of every type in the
/// other. A tensor that the module has under several names (one layer in two fields, tied weights) has one place, with
/// all its names.
/// </summary>
internal static class Flattening
{
    /// <summary>The layouts of a module. It must be on the CPU: moving it to another device copies each tensor
    /// separately, so that tied tensors are no longer recognised.</summary>
    /// <exception cref="ActorTrainException">The module cannot be flattened; the message names the model and the
    /// tensor.</exception>
    public static ModelDescription Describe(string model, nn.Module<Tensor, Tensor> module)
    {
        // A storage holds a tensor of its own.
        using var scope = NewDisposeScope();
        var places = PlacesOf(model, module);
        var trained = places.Where(place => place.IsTrained).ToList();
        if (trained.Count == 0)
        {
            var frozen = places.Count(place => place.IsParameter);
            throw new ActorTrainException(
                $"model {model}: it has no parameters to "
                    + $"train{(frozen > 0 ? $"; all {frozen} of it are frozen" : "")}"
            );
        }
        CheckNoOverlap(model, places);
        // By type, so that the buffers that are averaged are contiguous.
        var kept = places.Where(place => !place.IsTrained).OrderBy(place => place.Type).ToList();
        return new ModelDescription(model, LayoutOf(trained), LayoutOf(kept));
    }

    /// <summary>The tensors of a module for each entry of a layout.</summary>
    public static IReadOnlyList<(IReadOnlyList<Tensor> Tensors, TensorSpec Spec)> TensorsAt(
        ParameterLayout layout,
        nn.Module<Tensor, Tensor> module
    )
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in AllTensors(module))
            tensors.TryAdd(name, tensor);
        return
        [
            .. layout.Tensors.Select(spec =>
                (
                    (IReadOnlyList<Tensor>)
                        [
                            .. spec
                                .Aliases.Prepend(spec.Name)
                                .Select(name => tensors[name])
                                .DistinctBy(tensor => tensor.Handle),
                        ],
                    spec
                )
            ),
        ];
    }

    /// <summary>The type of a tensor's elements; null for one that cannot be exchanged.</summary>
    public static ElementType? TypeOf(ScalarType type) =>
        type switch
        {
            ScalarType.Float32 => ElementType.F32,
            ScalarType.Float64 => ElementType.F64,
            ScalarType.Float16 => ElementType.F16,
            ScalarType.BFloat16 => ElementType.BF16,
            ScalarType.Int64 => ElementType.I64,
            ScalarType.Int32 => ElementType.I32,
            ScalarType.Int16 => ElementType.I16,
            ScalarType.Int8 => ElementType.I8,
            ScalarType.Byte => ElementType.U8,
            ScalarType.Bool => ElementType.Bool,
            _ => null,
        };

    private static ParameterLayout LayoutOf(IEnumerable<Place> places) =>
        ParameterLayout.Create(
            places.Select(place => new TensorSpec(place.Names[0], place.Shape, 0)
            {
                Type = place.Type,
                Aliases = [.. place.Names.Skip(1)],
                IsSaved = place.IsSaved,
            })
        );

    /// <summary>The first tensor of a module that is in none of its layouts; null where there is none.</summary>
    public static string? FirstUnknown(ModelDescription description, nn.Module module)
    {
        var known = description
            .Parameters.Tensors.Concat(description.Buffers.Tensors)
            .SelectMany(spec => spec.Aliases.Prepend(spec.Name))
            .ToHashSet();
        return AllTensors(module).Select(pair => pair.Name).FirstOrDefault(name => !known.Contains(name));
    }

    /// <summary>All tensors of a module, parameters first; then those of its state dictionary, which may have further
    /// names.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> AllTensors(nn.Module module) =>
        module
            .named_parameters()
            .Select(pair => (pair.name, Tensor: (Tensor)pair.parameter))
            .Concat(module.named_buffers().Select(pair => (pair.name, Tensor: pair.buffer)))
            .Concat(module.state_dict().Select(pair => (pair.Key, Tensor: pair.Value)));

    private static List<Place> PlacesOf(string model, nn.Module<Tensor, Tensor> module)
    {
        var saved = module.state_dict().Keys.ToHashSet();
        var (places, names, byAddress) = (
            new List<Place>(),
            new HashSet<string>(),
            new Dictionary<nint, List<Place>>()
        );
        foreach (var (name, tensor) in AllTensors(module))
        {
            if (!names.Add(name))
                continue;
            var found = Check(model, name, tensor, saved.Contains(name));
            if (!byAddress.TryGetValue(found.Address, out var here))
                byAddress.Add(found.Address, here = []);
            if (found.Bytes > 0 && here.Find(place => place.IsSameAs(found)) is { } same)
            {
                same.Merge(found);
                continue;
            }
            here.Add(found);
            places.Add(found);
        }
        return places;
    }

    private static Place Check(string model, string name, Tensor tensor, bool isSaved)
    {
        var isParameter = tensor is TorchSharp.Modules.Parameter;
        var what = isParameter ? "parameter" : "buffer";
        if (tensor.is_sparse)
            throw new ActorTrainException($"model {model}: its {what} {name} is sparse; {what}s must be dense");
        if (isParameter && tensor.dtype != ScalarType.Float32)
            throw new ActorTrainException(
                $"model {model}: its parameter {name} is {tensor.dtype}; parameters must be Float32"
            );
        if (isParameter && tensor.numel() == 0)
            throw new ActorTrainException(
                $"model {model}: its parameter {name} is empty, [{string.Join(", ", tensor.shape)}]"
            );
        if (TypeOf(tensor.dtype) is not { } type)
            throw new ActorTrainException(
                $"model {model}: its buffer {name} is {tensor.dtype}; buffers must be of a float, an integer or a "
                    + "boolean type"
            );
        return new Place(name, tensor, type, isParameter, isSaved);
    }

    // The same memory under two names is one tensor; memory that two tensors share in part has no place in a layout.
    private static void CheckNoOverlap(string model, IEnumerable<Place> places)
    {
        var inOrder = places.Where(place => place.Bytes > 0).OrderBy(place => place.Address).ToList();
        for (var i = 1; i < inOrder.Count; i++)
        {
            var (one, other) = (inOrder[i - 1], inOrder[i]);
            if (one.Address + one.Bytes > other.Address)
                throw new ActorTrainException(
                    $"model {model}: its parameters {one.Names[0]} and {other.Names[0]} share a part of their memory; "
                        + "use one parameter in both places, or two separate ones"
                );
        }
    }

    /// <summary>A range of memory with the tensors of the module that lie there.</summary>
    private sealed class Place
    {
        private readonly List<Tensor> _tensors;
        private readonly long[] _strides;

        public Place(string name, Tensor tensor, ElementType type, bool isParameter, bool isSaved)
        {
            (Names, _tensors, Type, IsParameter, IsSaved) = ([name], [tensor], type, isParameter, isSaved);
            (Shape, _strides) = (tensor.shape, tensor.stride());
            if (tensor.numel() == 0)
                return;
            Address = AddressOf(tensor);
            if (Address == 0)
                return;
            Bytes = type.Size() * (1 + Shape.Zip(_strides, (size, stride) => (size - 1) * stride).Sum());
        }

        public List<string> Names { get; }

        public ElementType Type { get; }

        public long[] Shape { get; }

        public nint Address { get; }

        public long Bytes { get; }

        public bool IsParameter { get; private set; }

        public bool IsSaved { get; private set; }

        public bool IsTrained =>
            _tensors.Exists(tensor => tensor is TorchSharp.Modules.Parameter { requires_grad: true });

        public bool IsSameAs(Place other) =>
            Address == other.Address
            && Type == other.Type
            && Shape.SequenceEqual(other.Shape)
            && _strides.SequenceEqual(other._strides);

        public void Merge(Place other)
        {
            Names.AddRange(other.Names);
            _tensors.AddRange(other._tensors);
            IsParameter |= other.IsParameter;
            IsSaved |= other.IsSaved;
        }

        // The address of the first element; 0 where it is unknown, and then the tensor counts as separate.
        private static unsafe nint AddressOf(Tensor tensor)
        {
            if (tensor.dtype == ScalarType.Float32)
                return tensor.storage<float>().data_ptr() + (nint)(tensor.ElementSize * tensor.storage_offset());
            if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
                return 0;
            fixed (byte* first = tensor.bytes)
                return (nint)first;
        }
    }
}
