using ActorTrain.Saving;
using ActorTrain.Torch.Engine;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Saving;

public sealed class LoadIntoTests
{
    private static Module<Tensor, Tensor> Network(int hidden = 3) =>
        Sequential(("in", Linear(2, hidden)), ("norm", BatchNorm1d(hidden)), ("out", Linear(hidden, 2)));

    [Fact]
    public void A_module_that_trained_weights_are_loaded_into_predicts_as_the_trained_one()
    {
        using var trained = Network();
        using (trained.call(randn(16, 2))) { }
        var path = Path.GetTempFileName();
        try
        {
            Values(trained).SaveSafetensors(path);
            using var input = randn(5, 2);
            trained.eval();
            foreach (
                var load in new Action<Module<Tensor, Tensor>>[]
                {
                    Values(trained).LoadInto,
                    SafeTensors.Load(path).LoadInto,
                }
            )
            {
                using var other = Network();
                load(other);
                other.eval();

                using var difference = (trained.call(input) - other.call(input)).abs().max();
                difference.item<float>().ShouldBe(0);
                other.state_dict()["norm.num_batches_tracked"].item<long>().ShouldBe(1);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_module_of_another_architecture_is_refused_with_the_first_difference()
    {
        using var trained = Network();
        using var other = Network(hidden: 4);

        Should
            .Throw<ActorTrainException>(() => Values(trained).LoadInto(other))
            .Message.ShouldBe("model net: its tensor is in.weight [3, 2], and the module's is in.weight [4, 2].");
    }

    [Fact]
    public void A_module_with_frozen_parameters_is_loaded_too()
    {
        using var trained = Network();
        using var frozen = Network();
        foreach (var parameter in frozen.parameters())
            parameter.requires_grad = false;

        Values(trained).LoadInto(frozen);

        AreEqual(trained, frozen).ShouldBeTrue();
        frozen.parameters().ShouldAllBe(parameter => !parameter.requires_grad);
    }

    [Fact]
    public void Tied_weights_and_a_buffer_that_is_not_persistent_are_loaded_from_a_file()
    {
        using var trained = new Tied();
        using var other = new Tied();
        var path = Path.GetTempFileName();
        try
        {
            Values(trained).SaveSafetensors(path);

            SafeTensors.Load(path).LoadInto(other);

            AreEqual(trained, other).ShouldBeTrue();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_module_that_is_refused_is_unchanged()
    {
        using var trained = Network();
        using var other = Sequential(("in", Linear(2, 3)), ("norm", BatchNorm1d(3)), ("out", Linear(3, 5)));
        using var before = other.state_dict()["in.weight"].clone();

        Should.Throw<ActorTrainException>(() => Values(trained).LoadInto(other));

        other.state_dict()["in.weight"].allclose(before, 0, 0).ShouldBeTrue();
    }

    private static bool AreEqual(Module<Tensor, Tensor> one, Module<Tensor, Tensor> other) =>
        one.state_dict().All(pair => pair.Value.allclose(other.state_dict()[pair.Key], 0, 0));

    private sealed class Tied : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _in = Linear(4, 4, hasBias: false);
        private readonly TorchSharp.Modules.Linear _out = Linear(4, 4, hasBias: false);

        public Tied()
            : base(nameof(Tied))
        {
            register_module("in", _in);
            register_module("out", _out);
            _out.weight = _in.weight;
            register_buffer("mask", ones(4), persistent: false);
        }

        public override Tensor forward(Tensor input) => _out.call(_in.call(input));
    }

    private static TrainedModel Values(Module<Tensor, Tensor> module)
    {
        var description = Flattening.Describe("net", module);
        var (parameters, buffers) = (new float[description.Parameters.Length], new float[description.Buffers.Length]);
        foreach (var (layout, words) in new[] { (description.Parameters, parameters), (description.Buffers, buffers) })
        foreach (var (tensors, spec) in Flattening.TensorsAt(layout, module))
            tensors[0]
                .bytes.CopyTo(
                    System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan(spec.Offset, spec.Length))
                );
        return new TrainedModel(description, parameters, buffers);
    }
}
