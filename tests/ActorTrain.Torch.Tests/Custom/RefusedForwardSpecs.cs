using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Custom;

/// <summary>Modules whose parameters or tensors change outside the optimizer are refused.</summary>
public sealed class RefusedForwardSpecs
{
    [Fact]
    public void A_layer_that_the_first_forward_creates_is_refused() =>
        Toy.Complaint(() => new Lazy())
            .ShouldBe(
                "model toy: its forward creates late.weight in its first call; create it in the constructor, so that "
                    + "every engine creates it from the job's seed"
            );

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
}
