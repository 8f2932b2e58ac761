using ActorTrain.Torch.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Custom;

/// <summary>Parts that are not registered with TorchSharp are refused with the field's name and what to do, instead of
/// being trained as another random copy on each engine.</summary>
public sealed class RefusedModuleSpecs
{
    private const string Layer =
        "that is not registered, so that no optimizer sees its parameters; "
        + "put it into the module by a ModuleList or a ModuleDict, or register_module";

    private const string Unregistered =
        "that is not registered, so that no optimizer sees it; put it into the module by register_parameter";

    private static readonly Linear Outside = Linear(4, 4);

    [Fact]
    public void Layers_in_an_array_a_list_a_dictionary_or_a_user_s_object_are_refused()
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
    public void Parameters_and_tensors_that_require_a_gradient_in_plain_fields_are_refused()
    {
        Toy.Complaint(() => new Holding(new object[] { zeros(3, requires_grad: true) }))
            .ShouldBe(
                $"model toy: field _held of Holding holds a tensor that requires a gradient, [3], {Unregistered}"
            );
        Toy.Complaint(() => new Holding(new[] { Parameter(zeros(2, 2)) }))
            .ShouldBe($"model toy: field _held of Holding holds a parameter, [2, 2], {Unregistered}");
        Toy.Complaint(() => new Forgetful()).ShouldContain("field _scale of Forgetful holds a parameter, [1],");
    }

    [Fact]
    public void Layers_that_only_a_lambda_holds_are_refused()
    {
        var hidden = Linear(4, 4);
        Toy.Complaint(() => new Holding((Func<Tensor, Tensor>)(input => hidden.call(input))))
            .ShouldBe($"model toy: field _held of Holding (hidden) holds a layer (Linear) {Layer}");
    }

    [Fact]
    public void Parameters_that_only_the_loss_holds_are_refused()
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
            .ShouldBe($"model toy: its loss (weight) holds a parameter, [4], {Unregistered}");
        Toy.Complaint(new TorchModel(() => Sequential(Linear(2, 4))) { Loss = Called })
            .ShouldBe($"model toy: its loss (Outside) holds a layer (Linear) {Layer}");

        static Tensor Called(Tensor outputs, Tensor targets) => functional.cross_entropy(ByAnother(outputs), targets);
        static Tensor ByAnother(Tensor outputs) => Outside.call(outputs);
        unused.ShouldNotBeNull();
    }

    [Fact]
    public void Captured_variables_that_the_loss_does_not_use_are_ignored()
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
    public void A_layer_that_the_first_forward_creates_is_refused() =>
        Toy.Complaint(() => new Lazy())
            .ShouldBe(
                "model toy: its forward creates late.weight in its first call; create it in the constructor, so that "
                    + "every engine creates it from the job's seed"
            );

    [Fact]
    public void An_unregistered_layer_that_the_first_forward_creates_is_refused() =>
        Toy.Complaint(() => new LazyAndUnregistered())
            .ShouldContain("field _late of LazyAndUnregistered holds a layer");

    [Fact]
    public void A_tensor_that_the_constructor_computes_from_a_weight_is_refused()
    {
        Toy.Complaint(() => new Custom(own => own.Held = own.Layer.weight!.t()))
            .ShouldStartWith(
                "model toy: field Held of Custom holds a tensor that the constructor has computed from a parameter or "
                    + "a buffer, [2, 4]; it is not computed again"
            );
        Toy.Complaint(() => new Custom(own => own.Held = own.Layer.weight!.detach()))
            .ShouldContain("compute it in forward");
    }

    [Fact]
    public void A_forward_that_changes_its_parameters_in_place_is_refused() =>
        Toy.Complaint(() =>
                new Custom(called: own =>
                {
                    using (no_grad())
                        own.Layer.weight!.clamp_(-0.1, 0.1);
                })
            )
            .ShouldStartWith("model toy: its forward changes its parameters in place");

    [Fact]
    public void A_forward_that_replaces_a_parameter_is_refused() =>
        Toy.Complaint(() => new Custom(called: own => own.Layer.weight = Parameter(zeros(4, 2))))
            .ShouldStartWith("model toy: its forward replaces the tensor Layer.weight, which no other engine sees");

    [Fact]
    public void A_parameter_that_is_thawed_during_training_is_refused() =>
        Toy.Complaint(() =>
                new Custom(own => own.Layer.bias!.requires_grad = false, own => own.Layer.bias!.requires_grad = true)
            )
            .ShouldStartWith("model toy: its forward makes Layer.bias trainable during training");

    [Fact]
    public void A_lazily_created_layer_is_refused() =>
        Toy.Complaint(() => new Holding(new Lazy<Linear>(() => Linear(4, 4))))
            .ShouldBe(
                "model toy: field _held of Holding holds a layer that is created later, so that no optimizer sees its "
                    + "parameters; create it in the constructor"
            );

    [Fact]
    public void A_loss_with_state_is_refused()
    {
        var calls = 0;
        Toy.Complaint(
                new TorchModel(() => Sequential(Linear(2, 4)))
                {
                    Loss = (outputs, targets) => functional.cross_entropy(outputs, targets) / ++calls,
                }
            )
            .ShouldBe(
                "model toy: its loss changes calls, and all engines call the same one; a loss must depend on outputs "
                    + "and targets alone; state belongs in the module"
            );
    }

    [Fact]
    public void A_compiled_expression_and_a_frozen_helper_are_accepted_as_loss()
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
    public void Registered_parts_may_be_held_in_other_fields_too()
    {
        using var engine = Toy.Engine(() => new Tidy());

        engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_failing_backward_is_reported_in_one_line()
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

        public Custom(Action<Custom>? constructed = null, Action<Custom>? called = null)
            : base("custom")
        {
            _called = called;
            RegisterComponents();
            constructed?.Invoke(this);
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
