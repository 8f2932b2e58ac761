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
            .Message.ShouldStartWith("model net: tensor 0 is in.weight [4, 2]");
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
