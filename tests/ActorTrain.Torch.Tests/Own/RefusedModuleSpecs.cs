using ActorTrain.Torch.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Own;

/// <summary>What TorchSharp does not know of is refused by the field's name and with the cure, and never trained as
/// another random copy on each engine.</summary>
public sealed class RefusedModuleSpecs
{
    private const string Layer =
        "that is not registered, so that no optimizer sees its parameters; "
        + "put it into the module by a ModuleList or a ModuleDict, or register_module";

    private const string Loose =
        "that is not registered, so that no optimizer sees it; put it into the module by register_parameter";

    private static readonly Linear Outside = Linear(4, 4);

    [Fact]
    public void Layers_in_an_array_a_list_a_dictionary_or_an_object_of_ones_own()
    {
        Toy.Complaint(() => new Holding(new[] { Linear(4, 4) }))
            .ShouldBe($"model toy: field _held of Holding holds a layer (Linear) {Layer}");
        Toy.Complaint(() => new Holding(new List<Module<Tensor, Tensor>> { Linear(4, 4) }))
            .ShouldContain("field _held of Holding holds a layer");
        Toy.Complaint(() => new Holding(new Dictionary<string, object> { ["a"] = Linear(4, 4) }))
            .ShouldContain("field _held of Holding holds a layer");
        Toy.Complaint(() => new Holding((1, Linear(4, 4))))
            .ShouldContain(
                "field _held (Item2) of Holding holds a layer".Replace(" (Item2) of Holding", " of Holding (Item2)")
            );
        Toy.Complaint(() => new Holding(new Block(Linear(4, 4))))
            .ShouldBe($"model toy: field _held of Holding (First) holds a layer (Linear) {Layer}");
        Toy.Complaint(() => Sequential(Linear(2, 4), new Holding(new[] { Linear(4, 4) }, 4)))
            .ShouldContain("field _held of Holding holds a layer");
    }

    [Fact]
    public void Tensors_that_want_a_gradient_and_parameters_in_plain_fields()
    {
        Toy.Complaint(() => new Holding(new object[] { zeros(3, requires_grad: true) }))
            .ShouldBe($"model toy: field _held of Holding holds a tensor that requires a gradient, [3], {Loose}");
        Toy.Complaint(() => new Holding(new[] { Parameter(zeros(2, 2)) }))
            .ShouldBe($"model toy: field _held of Holding holds a parameter, [2, 2], {Loose}");
        Toy.Complaint(() => new Forgetful()).ShouldContain("field _scale of Forgetful holds a parameter, [1],");
    }

    [Fact]
    public void Layers_that_only_a_lambda_holds()
    {
        var hidden = Linear(4, 4);
        Toy.Complaint(() => new Holding((Func<Tensor, Tensor>)(input => hidden.call(input))))
            .ShouldBe($"model toy: field _held of Holding (hidden) holds a layer (Linear) {Layer}");
    }

    [Fact]
    public void Parameters_that_only_the_loss_holds()
    {
        var weight = Parameter(ones(4));
        var neighbour = Linear(3, 3);
        Func<Tensor> unused = () => neighbour.weight!;
        Toy.Complaint(
                new TorchModel(() => Sequential(Linear(2, 4)))
                {
                    Loss = (outputs, targets) => functional.cross_entropy(outputs * weight, targets),
                }
            )
            .ShouldBe($"model toy: its loss (weight) holds a parameter, [4], {Loose}");
        Toy.Complaint(new TorchModel(() => Sequential(Linear(2, 4))) { Loss = Called })
            .ShouldBe($"model toy: its loss (Outside) holds a layer (Linear) {Layer}");

        static Tensor Called(Tensor outputs, Tensor targets) => functional.cross_entropy(ByAnother(outputs), targets);
        static Tensor ByAnother(Tensor outputs) => Outside.call(outputs);
        unused.ShouldNotBeNull();
    }

    [Fact]
    public void What_a_loss_has_beside_it_in_its_closure_and_does_not_use_is_nobodys_business()
    {
        var (plain, weights) = (Linear(2, 4), tensor(new[] { 1f, 2f, 3f, 4f }));
        Func<Tensor, Tensor> elsewhere = input => plain.call(input);

        using var engine = Toy.Engine(
            new TorchModel(() => Sequential(Linear(2, 4)))
            {
                Loss = (outputs, targets) => functional.cross_entropy(outputs, targets, weights),
            }
        );

        engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeGreaterThan(0);
        elsewhere.ShouldNotBeNull();
    }

    [Fact]
    public void A_layer_that_is_made_in_the_first_forward() =>
        Toy.Complaint(() => new Lazy())
            .ShouldBe(
                "model toy: its forward makes late.weight when it is called first; make it in the constructor, where "
                    + "every engine makes it from the job's seed"
            );

    [Fact]
    public void A_layer_that_is_made_in_the_first_forward_and_not_registered() =>
        Toy.Complaint(() => new LazyAndLoose()).ShouldContain("field _late of LazyAndLoose holds a layer");

    [Fact]
    public void A_tensor_that_the_constructor_has_made_of_a_weight()
    {
        Toy.Complaint(() => new Custom(own => own.Held = own.Layer.weight!.t()))
            .ShouldStartWith(
                "model toy: field Held of Custom holds a tensor that the constructor has made of a parameter or a "
                    + "buffer, [2, 4]; it is not computed again"
            );
        Toy.Complaint(() => new Custom(own => own.Held = own.Layer.weight!.detach()))
            .ShouldContain("compute it in forward");
    }

    [Fact]
    public void A_forward_that_changes_its_parameters_in_place() =>
        Toy.Complaint(() =>
                new Custom(called: own =>
                {
                    using (no_grad())
                        own.Layer.weight!.clamp_(-0.1, 0.1);
                })
            )
            .ShouldStartWith("model toy: its forward changes its parameters in place");

    [Fact]
    public void A_forward_that_puts_another_tensor_in_a_parameters_place() =>
        Toy.Complaint(() => new Custom(called: own => own.Layer.weight = Parameter(zeros(4, 2))))
            .ShouldStartWith(
                "model toy: its forward puts another tensor in the place of Layer.weight, which no other engine sees"
            );

    [Fact]
    public void A_parameter_that_is_thawed_while_training() =>
        Toy.Complaint(() =>
                new Custom(own => own.Layer.bias!.requires_grad = false, own => own.Layer.bias!.requires_grad = true)
            )
            .ShouldStartWith("model toy: its forward makes Layer.bias trainable while it trains");

    [Fact]
    public void A_layer_that_is_made_when_it_is_asked_for() =>
        Toy.Complaint(() => new Holding(new Lazy<Linear>(() => Linear(4, 4))))
            .ShouldBe(
                "model toy: field _held of Holding holds a layer that is made later, so that no optimizer sees its "
                    + "parameters; make it in the constructor"
            );

    [Fact]
    public void A_loss_that_remembers()
    {
        var calls = 0;
        Toy.Complaint(
                new TorchModel(() => Sequential(Linear(2, 4)))
                {
                    Loss = (outputs, targets) => functional.cross_entropy(outputs, targets) / ++calls,
                }
            )
            .ShouldBe(
                "model toy: its loss changes calls, and all engines call the same one; a loss depends on outputs and "
                    + "targets alone, and what it remembers belongs into the module"
            );
    }

    [Fact]
    public void A_loss_that_is_a_compiled_expression_or_has_a_frozen_helper_is_right()
    {
        System.Linq.Expressions.Expression<Func<Tensor, Tensor, Tensor>> expression = (outputs, targets) =>
            functional.cross_entropy(outputs, targets, null, -100, Reduction.Mean, 0);
        var helper = Linear(4, 4);
        foreach (var parameter in helper.parameters())
            parameter.requires_grad = false;
        foreach (
            var loss in new[]
            {
                expression.Compile(),
                (outputs, targets) => functional.cross_entropy(helper.call(outputs), targets),
            }
        )
        {
            using var engine = Toy.Engine(new TorchModel(() => Sequential(Linear(2, 4))) { Loss = loss });
            engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void What_is_registered_is_right_wherever_else_it_is_held()
    {
        using var engine = Toy.Engine(() => new Tidy());

        engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_backward_that_fails_is_told_as_a_forward_that_does()
    {
        var complaint = Toy.Complaint(
            new TorchModel(() => Sequential(Linear(2, 4)))
            {
                Loss = (outputs, targets) =>
                {
                    var changed = outputs.exp();
                    var loss = functional.cross_entropy(changed, targets);
                    using (no_grad())
                        changed.zero_();
                    return loss;
                },
            }
        );

        complaint.ShouldStartWith(
            "model toy: its backward fails: ExternalException: one of the variables needed for gradient computation"
        );
        complaint.ShouldNotContain("\n");
        complaint.ShouldNotContain("frame #");
    }

    private sealed record Block(object First);

    private sealed class Custom : Module<Tensor, Tensor>
    {
        private readonly Action<Custom>? _called;

        public Custom(Action<Custom>? made = null, Action<Custom>? called = null)
            : base("custom")
        {
            _called = called;
            RegisterComponents();
            made?.Invoke(this);
        }

        public Linear Layer = Linear(2, 4);

        public Tensor? Held;

        public override Tensor forward(Tensor input)
        {
            _called?.Invoke(this);
            return Layer.call(input);
        }
    }

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

    private sealed class Lazy : Module<Tensor, Tensor>
    {
        private readonly Linear _layer = Linear(2, 4);
        private Linear? _late;

        public Lazy()
            : base("lazy") => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            if (_late is null)
                register_module("late", _late = Linear(4, 4));
            return _late.call(_layer.call(input));
        }
    }

    private sealed class LazyAndLoose : Module<Tensor, Tensor>
    {
        private readonly Linear _layer = Linear(2, 4);
        private Linear? _late;

        public LazyAndLoose()
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
