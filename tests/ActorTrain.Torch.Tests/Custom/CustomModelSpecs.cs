using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Custom;

/// <summary>
/// A user's module is trained as it is, or refused with a sentence that names what is wrong with it.
/// </summary>
public sealed class CustomModelSpecs
{
    [Fact]
    public void A_model_with_a_data_set_of_arrays_learns()
    {
        using var engine = Toy.Engine(() => Sequential(Linear(2, 32), ReLU(), Linear(32, 4)));
        var before = engine.Evaluate(default);
        for (var step = 0; step < 400; step++)
        {
            engine.ComputeGradient(Jobs.Samples(64, step % 4 * 64), seed: step);
            Descend(engine, 0.5f);
        }

        (engine.Model.Name, engine.Dataset.Name, engine.Dataset.TrainSamples).ShouldBe(("toy", "quarters", 256));
        engine.Evaluate(default).Loss.ShouldBeLessThan(before.Loss);
        engine.Evaluate(default).Accuracy.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void It_has_its_own_starting_values_which_depend_on_the_seed()
    {
        using var first = Toy.Engine(() => new Net());
        using var second = Toy.Engine(() => new Net());

        first.Parameters.ToArray().ShouldBe(second.Parameters.ToArray());
        first.Parameters.Span[^1].ShouldBe(7);
        second.Initialize(seed: 2);
        first.Parameters.ToArray().ShouldNotBe(second.Parameters.ToArray());
    }

    [Fact]
    public void Frozen_parameters_are_kept_and_not_trained()
    {
        using var engine = Toy.Engine(() =>
        {
            var frozen = Linear(2, 8);
            foreach (var parameter in frozen.parameters())
                parameter.requires_grad = false;
            return Sequential(("frozen", frozen), ("head", Linear(8, 4)));
        });

        engine.Model.Parameters.Tensors.Select(tensor => tensor.Name).ShouldBe(["head.weight", "head.bias"]);
        engine.Model.Buffers.Tensors.Select(tensor => tensor.Name).ShouldBe(["frozen.weight", "frozen.bias"]);
        var before = engine.Buffers.ToArray();
        before.ShouldContain(value => value != 0);
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        engine.Buffers.ToArray().ShouldBe(before);
    }

    [Fact]
    public void It_may_have_its_own_loss_and_metric()
    {
        using var engine = Toy.Engine(
            new TorchModel(() => Sequential(Linear(2, 4)))
            {
                Loss = (outputs, _) => (outputs * 0 + 3).mean(),
                Metric = (outputs, targets) => zeros(targets.shape[0]) + 0.25,
            }
        );

        engine.ComputeGradient(Jobs.Samples(8), seed: 0).ShouldBe(new ActorTrain.Engines.StepResult(3, 2));
        engine.Evaluate(default).ShouldBe(new ActorTrain.Engines.Evaluation(3, 0.25, 256));
    }

    [Theory, InlineData(true, "mean absolute error"), InlineData(false, "accuracy")]
    public void A_custom_metric_is_reported_under_its_name(bool own, string name)
    {
        var samples = new Samples(new float[] { 0, 1, 2, 3 }, new float[] { 1, 3, 5, 7 });
        var model = new TorchModel(() => Sequential(Linear(1, 1)))
        {
            Metric = own ? (outputs, targets) => (outputs - targets).abs().sum(1) : null,
            MetricName = "mean absolute error",
        };
        using var engine = Toy.Engine(model, ArrayDataset.ForRegression("line", [1], [1], samples, samples));

        engine.Model.MetricName.ShouldBe(name);
    }

    [Fact]
    public void Numbers_are_trained_by_squared_error_and_have_no_accuracy_without_a_metric()
    {
        var samples = new Samples(new float[] { 0, 1, 2, 3 }, new float[] { 1, 3, 5, 7 });
        using var engine = Toy.Engine(
            () => Sequential(Linear(1, 1)),
            ArrayDataset.ForRegression("line", [1], [1], samples, samples)
        );
        for (var step = 0; step < 300; step++)
        {
            engine.ComputeGradient(Jobs.Samples(4), seed: step);
            Descend(engine, 0.1f);
        }

        engine.Evaluate(default).Loss.ShouldBeLessThan(1e-3);
        engine.Evaluate(default).Accuracy.ShouldBe(double.NaN);
    }

    [Fact]
    public void A_tensor_that_cannot_be_flattened_is_named()
    {
        Toy.Complaint(() => Sequential(ReLU())).ShouldBe("model toy: it has no parameters to train");
        Toy.Complaint(() => Sequential(Linear(2, 4).to(ScalarType.Float64)))
            .ShouldBe("model toy: its parameter 0.weight is Float64; parameters must be Float32");
        Toy.Complaint(() => new Sparse())
            .ShouldBe("model toy: its parameter weight is sparse; parameters must be dense");
        Toy.Complaint(() => new Shared())
            .ShouldBe(
                "model toy: its parameters first and second share a part of their memory; use one parameter in both "
                    + "places, or two separate ones"
            );
    }

    [Fact]
    public void One_parameter_in_two_places_is_trained_once()
    {
        using var engine = Toy.Engine(() => new Tied());
        engine.Model.Parameters.Length.ShouldBe(4);
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
    }

    [Fact]
    public void A_factory_that_fails_or_reuses_layers_is_named()
    {
        Toy.Complaint(() => throw new InvalidOperationException("no layers today"))
            .ShouldBe("model toy: its factory fails: InvalidOperationException: no layers today");
        Toy.Complaint(() => null!).ShouldBe("model toy: its factory returned null; it must build a module");
        var one = Sequential(Linear(2, 4));
        Toy.Complaint(() => one)
            .ShouldBe("model toy: its factory gave the same module twice; it must build a new one each time");
        var layer = Linear(2, 4);
        Toy.Complaint(() => Sequential(layer))
            .ShouldBe(
                "model toy: its factory gave the same 0.weight twice; it must create every layer and buffer anew each "
                    + "time"
            );
        var mask = zeros(4);
        Toy.Complaint(() => new Masked(mask))
            .ShouldBe(
                "model toy: its factory gave the same mask twice; it must create every layer and buffer anew each time"
            );
        var built = 0;
        Toy.Complaint(() => Sequential(Linear(2, 4 + built++)))
            .ShouldStartWith("model toy: its factory must build the same parameters each time; ");
    }

    [Fact]
    public void Outputs_that_do_not_fit_the_loss_are_named_with_both_shapes()
    {
        Toy.Complaint(() => Sequential(Linear(2, 3)))
            .ShouldBe(
                "model toy: its outputs are [8, 3]; the cross-entropy over the 4 classes of quarters needs [8, 4]"
            );
        Toy.Complaint(() => Sequential(Linear(3, 4)))
            .ShouldStartWith("model toy: its forward fails on inputs [8, 2]: ExternalException: ");
        Toy.Complaint(new TorchModel(() => Sequential(Linear(2, 4))) { Loss = (outputs, _) => outputs.sum(1) })
            .ShouldBe("model toy: its loss is [8]; it must be a single number, the mean over the batch");
        Toy.Complaint(
                new TorchModel(() => Sequential(Linear(2, 4)))
                {
                    Loss = (_, targets) => targets.to(ScalarType.Float32).mean(),
                }
            )
            .ShouldStartWith("model toy: its loss has no gradient;");
        Toy.Complaint(new TorchModel(() => Sequential(Linear(2, 4))) { Metric = (outputs, _) => outputs })
            .ShouldBe("model toy: its metric is [8, 4]; it must be one number a sample, [8]");
    }

    [Fact]
    public void A_job_of_another_model_is_refused() =>
        Should
            .Throw<ActorTrainException>(() =>
                new TorchModelEngineFactory(
                    "toy",
                    new TorchModel(() => Sequential(Linear(2, 4))),
                    _ => Toy.Quarters(),
                    new TorchOptions("cpu")
                ).Create(Jobs.Create("mlp"))
            )
            .Message.ShouldBe("the job trains model mlp, and this node's program has the model toy");

    private static void Descend(ActorTrain.Engines.IGradientEngine engine, float rate)
    {
        var (parameters, gradient) = (engine.Parameters, engine.Gradient);
        for (var i = 0; i < parameters.Length; i++)
            parameters.Span[i] -= rate * gradient.Span[i];
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> _layer = Linear(2, 4);

        public Net()
            : base("net")
        {
            RegisterComponents();
            init.constant_(((TorchSharp.Modules.Linear)_layer).bias, 7);
        }

        public override Tensor forward(Tensor input) => _layer.call(input);
    }

    private sealed class Masked : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _layer = Linear(2, 4);

        public Masked(Tensor mask)
            : base("masked")
        {
            register_buffer("mask", mask);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _layer.call(input) + get_buffer("mask")!;
    }

    private sealed class Sparse : Module<Tensor, Tensor>
    {
        public Sparse()
            : base("sparse") => register_parameter("weight", Parameter(eye(2, 4).to_sparse()));

        public override Tensor forward(Tensor input) => input;
    }

    private sealed class Shared : Module<Tensor, Tensor>
    {
        public Shared()
            : base("shared")
        {
            var memory = zeros(8);
            register_parameter("first", Parameter(memory.narrow(0, 0, 5)));
            register_parameter("second", Parameter(memory.narrow(0, 4, 4)));
        }

        public override Tensor forward(Tensor input) => input;
    }

    private sealed class Tied : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _weight = Parameter(ones(2, 2));

        public Tied()
            : base("tied")
        {
            register_parameter("first", _weight);
            register_parameter("second", _weight);
        }

        public override Tensor forward(Tensor input) => cat([input.matmul(_weight), input.matmul(_weight.t())], 1);
    }
}
