using System.Runtime.CompilerServices;
using ActorTrain.Torch.Native;

namespace ActorTrain.Torch.Tests;

/// <summary>
/// Loads TorchSharp's library before any test, as an engine does: where it needs an adapted copy, a test that runs
/// alone would not find it.
/// </summary>
internal static class TorchForTests
{
    [ModuleInitializer]
    internal static void Load() => TorchLibrary.Load();
}
