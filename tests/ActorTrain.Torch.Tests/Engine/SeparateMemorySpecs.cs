using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Models;
using TorchSharp;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>Tests the copies that a GPU needs, with a CPU device that is treated as if it had its own memory.</summary>
public sealed class SeparateMemorySpecs
{
    public SeparateMemorySpecs()
    {
        torch.set_num_threads(1);
    }

    [Fact]
    public void A_device_with_its_own_memory_computes_the_same()
    {
        using var shared = Engine(sharesMemory: true);
        using var separate = Engine(sharesMemory: false);
        shared.Initialize(1);
        separate.Initialize(1);
        for (var step = 0; step < 3; step++)
        {
            separate
                .ComputeGradient(Jobs.Samples(8 + step), seed: 0)
                .ShouldBe(shared.ComputeGradient(Jobs.Samples(8 + step), seed: 0));
            separate.Gradient.ToArray().ShouldBe(shared.Gradient.ToArray());
            separate.Buffers.ToArray().ShouldBe(shared.Buffers.ToArray());
            separate.Parameters.Span[step] = shared.Parameters.Span[step] = step;
        }

        separate.Evaluate(default).ShouldBe(shared.Evaluate(default));
    }

    private static TorchEngine Engine(bool sharesMemory)
    {
        var device = new TorchDevice(
            torch.CPU,
            new DeviceDescription("cpu", "test", 1),
            sharesMemory,
            new ThreadChoice(1, null)
        );
        var options = Jobs.Create("mobilenet").Model;
        return new TorchEngine(
            new FlatNetwork("mobilenet", Module, device),
            FashionMnist.Load(DataSource.BuiltIn),
            Augmentation.None,
            device,
            Jobs.Create("mobilenet")
        );

        torch.nn.Module<torch.Tensor, torch.Tensor> Module() =>
            ModelCatalog
                .Default.Find("mobilenet")
                .Build(ModelCatalog.SettingsOf(options), FashionMnist.Shape, FashionMnist.Classes);
    }
}
