using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Custom;

/// <summary>Parts that are not registered with TorchSharp are refused with the field's name and what to do, instead of
/// being trained as another random copy on each engine.</summary>
public sealed class RefusedModuleSpecs
{
    [Fact]
    public void Layers_in_an_array_a_list_a_dictionary_or_a_user_s_object_are_refused()
    {
        Toy.Complaint(() => new Holding(new[] { Linear(4, 4) }))
            .ShouldBe($"model toy: field _held of Holding holds a layer (Linear) {UnregisteredPart.Layer}");
        Toy.Complaint(() => new Holding(new List<Module<Tensor, Tensor>> { Linear(4, 4) }))
            .ShouldContain("field _held of Holding holds a layer");
        Toy.Complaint(() => new Holding(new Dictionary<string, object> { ["a"] = Linear(4, 4) }))
            .ShouldContain("field _held of Holding holds a layer");
        Toy.Complaint(() => new Holding((1, Linear(4, 4))))
            .ShouldContain(
                "field _held (Item2) of Holding holds a layer".Replace(" (Item2) of Holding", " of Holding (Item2)")
            );
        Toy.Complaint(() => new Holding(new Block(Linear(4, 4))))
            .ShouldBe($"model toy: field _held of Holding (First) holds a layer (Linear) {UnregisteredPart.Layer}");
        Toy.Complaint(() => Sequential(Linear(2, 4), new Holding(new[] { Linear(4, 4) }, 4)))
            .ShouldContain("field _held of Holding holds a layer");
    }

    [Fact]
    public void Parameters_and_tensors_that_require_a_gradient_in_plain_fields_are_refused()
    {
        Toy.Complaint(() => new Holding(new object[] { zeros(3, requires_grad: true) }))
            .ShouldBe(
                "model toy: field _held of Holding holds a tensor that requires a gradient, [3], "
                    + UnregisteredPart.Tensor
            );
        Toy.Complaint(() => new Holding(new[] { Parameter(zeros(2, 2)) }))
            .ShouldBe($"model toy: field _held of Holding holds a parameter, [2, 2], {UnregisteredPart.Tensor}");
        Toy.Complaint(() => new Forgetful()).ShouldContain("field _scale of Forgetful holds a parameter, [1],");
    }

    [Fact]
    public void Layers_that_only_a_lambda_holds_are_refused()
    {
        var hidden = Linear(4, 4);
        Toy.Complaint(() => new Holding((Func<Tensor, Tensor>)(input => hidden.call(input))))
            .ShouldBe($"model toy: field _held of Holding (hidden) holds a layer (Linear) {UnregisteredPart.Layer}");
    }

    [Fact]
    public void An_unregistered_layer_that_the_first_forward_creates_is_refused() =>
        Toy.Complaint(() => new LazyAndUnregistered())
            .ShouldContain("field _late of LazyAndUnregistered holds a layer");

    [Fact]
    public void A_lazily_created_layer_is_refused() =>
        Toy.Complaint(() => new Holding(new Lazy<Linear>(() => Linear(4, 4))))
            .ShouldBe(
                "model toy: field _held of Holding holds a layer that is created later, so that no optimizer sees its "
                    + "parameters; create it in the constructor"
            );

    [Fact]
    public void Registered_parts_may_be_held_in_other_fields_too()
    {
        using var engine = Toy.Engine(() => new Tidy());

        engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeGreaterThan(0);
    }

    private sealed record Block(object First);

    private sealed class Holding : Module<Tensor, Tensor>
    {
        private readonly Linear _layer;
        private readonly object _held;

        public Holding(object held, int inputs = 2)
            : base("holding")
        {
            (_layer, _held) = (Linear(inputs, 4), held);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _held is null ? input : _layer.call(input);
    }

    private sealed class Forgetful : Module<Tensor, Tensor>
    {
        private readonly Linear _layer = Linear(2, 4);
        private readonly TorchSharp.Modules.Parameter _scale = Parameter(ones(1));

        public Forgetful()
            : base("forgetful") => register_module("layer", _layer);

        public override Tensor forward(Tensor input) => _layer.call(input) * _scale;
    }

    private sealed class LazyAndUnregistered : Module<Tensor, Tensor>
    {
        private readonly Linear _layer = Linear(2, 4);
        private Linear? _late;

        public LazyAndUnregistered()
            : base("lazy") => RegisterComponents();

        public override Tensor forward(Tensor input) => (_late ??= Linear(4, 4)).call(_layer.call(input));
    }

    private sealed class Tidy : Module<Tensor, Tensor>
    {
        private readonly Linear _first = Linear(2, 8),
            _second = Linear(8, 4);
        private readonly ModuleDict<Linear> _all = ModuleDict<Linear>();
        private readonly Module<Tensor, Tensor>[] _order;
        private readonly Tensor _table = arange(4).to_type(ScalarType.Float32);
        private readonly Func<Tensor, Tensor> _last;

        public Tidy()
            : base("tidy")
        {
            (_order, _last) = ([_first, _second], input => _second!.call(input));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _last(_order[0].call(input).relu()) + 0 * _table + _all.Count;
    }
}
