using System.Runtime.InteropServices;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Engine;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class BoundTensorsSpecs : IDisposable
{
    private readonly TorchSharp.Modules.Linear _used,
        _unused;
    private readonly TorchSharp.Modules.BatchNorm1d _norm;
    private readonly TorchSharp.Modules.Sequential _module;
    private readonly ModelDescription _description;
    private readonly FlatVector _parameters,
        _buffers;
    private readonly BoundTensors _tensors;

    // Trained parameters: 0 to 2 of the used layer, 3 to 11 of the unused one; those of the norm are frozen.
    public BoundTensorsSpecs()
    {
        (_used, _unused, _norm) = (Linear(2, 1), Linear(2, 3), BatchNorm1d(2));
        _norm.weight!.requires_grad = false;
        _norm.bias!.requires_grad = false;
        _module = Sequential(("used", _used), ("unused", _unused), ("norm", _norm));
        _description = Flattening.Describe("test", _module);
        var device = new TorchDevice(
            torch.CPU,
            new DeviceDescription("cpu", "test", 1),
            SharesMemory: true,
            new ThreadChoice(1, null)
        );
        _parameters = new FlatVector(_description.Parameters.Length, device);
        _buffers = new FlatVector(_description.Buffers.Length, device);
        _tensors = new BoundTensors(_module, _description, device, _parameters, _buffers);
    }

    [Fact]
    public void Values_written_into_the_vector_are_the_modules_parameters()
    {
        _parameters.Memory.Span.Fill(7);

        _used.call(torch.ones(1, 2)).item<float>().ShouldBe(21);
        _tensors.Contains(_used.weight!).ShouldBeTrue();
        _tensors.Contains(torch.ones(1)).ShouldBeFalse();
    }

    [Fact]
    public void Adjacent_parameters_without_a_gradient_are_one_untouched_range_of_zeros()
    {
        var gradient = Enumerable.Repeat(9f, 12).ToArray();
        _used.call(torch.ones(1, 2)).sum().backward();

        _tensors.CollectGradient(gradient).ShouldBe([new FlatRange(3, 9)]);

        gradient.ShouldBe([1, 1, 1, .. new float[9]]);
    }

    [Fact]
    public void A_collected_gradient_is_removed_from_the_tensors()
    {
        var gradient = new float[12];
        _used.call(torch.ones(1, 2)).sum().backward();
        _tensors.CollectGradient(gradient);

        _tensors.CollectGradient(gradient).ShouldBe([new FlatRange(0, 12)]);
        gradient.ShouldBe(new float[12]);
    }

    [Fact]
    public void Dropped_gradients_are_not_collected()
    {
        _used.call(torch.ones(1, 2)).sum().backward();
        _tensors.DropGradients();

        _tensors.CollectGradient(new float[12]).ShouldBe([new FlatRange(0, 12)]);
    }

    [Fact]
    public void Integer_buffers_are_copied_to_the_module_and_back()
    {
        Counter = 4;
        _tensors.SendBuffers();
        _norm.call(torch.randn(3, 2));
        _tensors.FetchBuffers();

        Counter.ShouldBe(5);
    }

    [Fact]
    public void A_frozen_parameter_that_is_thawed_is_named()
    {
        _tensors.FirstThawed.ShouldBeNull();

        _norm.bias!.requires_grad = true;

        _tensors.FirstThawed.ShouldBe("norm.bias");
    }

    public void Dispose()
    {
        _module.Dispose();
        _parameters.Dispose();
        _buffers.Dispose();
    }

    private long Counter
    {
        get => MemoryMarshal.Read<long>(CounterBytes);
        set => MemoryMarshal.Write(CounterBytes, value);
    }

    private Span<byte> CounterBytes
    {
        get
        {
            var spec = _description.Buffers.Tensors.Single(spec => spec.Type == ElementType.I64);
            return MemoryMarshal.AsBytes(_buffers.Memory.Span.Slice(spec.Offset, spec.Length));
        }
    }
}
