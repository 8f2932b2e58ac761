using ActorTrain.Parameters;
using ActorTrain.Worker;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// How a module lies in two flat vectors: what is trained in one, and in the other what belongs to it besides: frozen
/// parameters, and buffers of every type. A tensor that the module has in several places (one layer in two fields, tied
/// weights) is there once, with all its names.
/// </summary>
internal static class Flattening
{
    /// <summary>The layouts of a module that is on the CPU: elsewhere tensors that were one have been copied one by
    /// one.</summary>
    /// <exception cref="ActorTrainException">The module cannot be flattened; the message names the model and the
    /// tensor.</exception>
    public static ModelDescription Of(string model, nn.Module<Tensor, Tensor> module)
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
        CheckNoneOverlap(model, places);
        // By type, so that what is to be averaged lies together.
        var kept = places.Where(place => !place.IsTrained).OrderBy(place => place.Type).ToList();
        return new ModelDescription(model, LayoutOf(trained), LayoutOf(kept));
    }

    /// <summary>The tensors of a module at each place of a layout, wherever they are.</summary>
    public static IReadOnlyList<(IReadOnlyList<Tensor> Tensors, TensorSpec Place)> TensorsAt(
        ParameterLayout layout,
        nn.Module<Tensor, Tensor> module
    )
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in AllOf(module))
            tensors.TryAdd(name, tensor);
        return
        [
            .. layout.Tensors.Select(place =>
                (
                    (IReadOnlyList<Tensor>)
                        [
                            .. place
                                .Aliases.Prepend(place.Name)
                                .Select(name => tensors[name])
                                .DistinctBy(tensor => tensor.Handle),
                        ],
                    place
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
        ParameterLayout.Of(
            places.Select(place => new TensorSpec(place.Names[0], place.Shape, 0)
            {
                Type = place.Type,
                Aliases = [.. place.Names.Skip(1)],
                IsSaved = place.IsSaved,
            })
        );

    /// <summary>The first tensor of a module that no layout has; null where there is none.</summary>
    public static string? FirstBeside(ModelDescription description, nn.Module module)
    {
        var known = description
            .Parameters.Tensors.Concat(description.State.Tensors)
            .SelectMany(place => place.Aliases.Prepend(place.Name))
            .ToHashSet();
        return AllOf(module).Select(pair => pair.Name).FirstOrDefault(name => !known.Contains(name));
    }

    /// <summary>All tensors of a module: each once, parameters first; then under which names else they are
    /// saved.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> AllOf(nn.Module module) =>
        module
            .named_parameters()
            .Select(pair => (pair.name, Tensor: (Tensor)pair.parameter))
            .Concat(module.named_buffers().Select(pair => (pair.name, Tensor: pair.buffer)))
            .Concat(module.state_dict().Select(pair => (pair.Key, Tensor: pair.Value)));

    private static List<Place> PlacesOf(string model, nn.Module<Tensor, Tensor> module)
    {
        var saved = module.state_dict().Keys.ToHashSet();
        var (places, names, byBegin) = (new List<Place>(), new HashSet<string>(), new Dictionary<nint, List<Place>>());
        foreach (var (name, tensor) in AllOf(module))
        {
            if (!names.Add(name))
                continue;
            var found = Check(model, name, tensor, saved.Contains(name));
            if (!byBegin.TryGetValue(found.Begin, out var here))
                byBegin.Add(found.Begin, here = []);
            if (found.Bytes > 0 && here.Find(place => place.IsSameAs(found)) is { } same)
            {
                same.Join(found);
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

    // The same memory under two names is one tensor; a part of another's would be torn apart.
    private static void CheckNoneOverlap(string model, IEnumerable<Place> places)
    {
        var inOrder = places.Where(place => place.Bytes > 0).OrderBy(place => place.Begin).ToList();
        for (var i = 1; i < inOrder.Count; i++)
        {
            var (one, other) = (inOrder[i - 1], inOrder[i]);
            if (one.Begin + one.Bytes > other.Begin)
                throw new ActorTrainException(
                    $"model {model}: its parameters {one.Names[0]} and {other.Names[0]} share a part of their memory; "
                        + "use one parameter in both places, or two of their own"
                );
        }
    }

    /// <summary>A place in memory, with all tensors of the module that lie there.</summary>
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
            Begin = BeginOf(tensor);
            if (Begin == 0)
                return;
            Bytes = type.Size() * (1 + Shape.Zip(_strides, (size, stride) => (size - 1) * stride).Sum());
        }

        public List<string> Names { get; }

        public ElementType Type { get; }

        public long[] Shape { get; }

        public nint Begin { get; }

        public long Bytes { get; }

        public bool IsParameter { get; private set; }

        public bool IsSaved { get; private set; }

        public bool IsTrained =>
            _tensors.Exists(tensor => tensor is TorchSharp.Modules.Parameter { requires_grad: true });

        public bool IsSameAs(Place other) =>
            Begin == other.Begin
            && Type == other.Type
            && Shape.SequenceEqual(other.Shape)
            && _strides.SequenceEqual(other._strides);

        public void Join(Place other)
        {
            Names.AddRange(other.Names);
            _tensors.AddRange(other._tensors);
            IsParameter |= other.IsParameter;
            IsSaved |= other.IsSaved;
        }

        // Of the element that comes first; 0 where that is not to be had, and then it is taken for a place of its own.
        private static unsafe nint BeginOf(Tensor tensor)
        {
            if (tensor.dtype == ScalarType.Float32)
                return tensor.storage<float>().data_ptr() + (nint)(tensor.ElementSize * tensor.storage_offset());
            if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
                return 0;
            fixed (byte* begin = tensor.bytes)
                return (nint)begin;
        }
    }
}
