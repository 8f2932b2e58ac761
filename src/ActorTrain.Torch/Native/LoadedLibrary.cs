namespace ActorTrain.Torch.Native;

/// <summary>How TorchSharp's native library was loaded.</summary>
/// <param name="Adapted">Whether a copy adapted to an older system library was loaded in its place.</param>
/// <param name="Description">The same as one sentence, for a log.</param>
public sealed record LoadedLibrary(bool Adapted, string Description);
