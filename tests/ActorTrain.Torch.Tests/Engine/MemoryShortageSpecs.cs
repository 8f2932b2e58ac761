using System.Runtime.InteropServices;
using ActorTrain.Torch.Engine;
using TorchSharp;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class MemoryShortageSpecs
{
    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData(
        "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to "
            + "allocate 800 bytes.",
        true
    )]
    [InlineData("DefaultCPUAllocator: not enough memory: you tried to allocate 800 bytes.", true)]
    [InlineData("mat1 and mat2 shapes cannot be multiplied (64x784 and 785x10)", false)]
    public void Is_distinguished_from_other_errors_by_the_text(string message, bool shortage) =>
        MemoryShortage.Is(message).ShouldBe(shortage);

    [Fact]
    public void Recognises_the_error_of_libtorch_for_an_impossible_allocation()
    {
        // 2⁴⁸ bytes exceed the address space of a process.
        MemoryShortage.Is(Should.Throw<ExternalException>(() => torch.zeros(1L << 46)).Message).ShouldBeTrue();
    }

    [Fact]
    public void Names_the_batch_that_was_too_large() =>
        MemoryShortage
            .Create(new InvalidOperationException("CUDA out of memory.\nand a stack trace"), samples: 64)
            .Message.ShouldBe("The device's memory does not suffice for a batch of 64 samples: CUDA out of memory");
}
