using ActorTrain.Torch.Native;

namespace ActorTrain.Torch.Tests.Native;

public sealed class TorchLibrarySpecs
{
    [Fact]
    public void Is_loaded_once_however_many_threads_ask()
    {
        var loaded = new LoadedLibrary[8];
        Parallel.For(0, loaded.Length, i => loaded[i] = TorchLibrary.Load());

        loaded.Distinct().Count().ShouldBe(1);
        using var one = TorchSharp.torch.ones(3);
        one.sum().item<float>().ShouldBe(3);
    }
}
