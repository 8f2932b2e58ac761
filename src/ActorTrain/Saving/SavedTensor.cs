namespace ActorTrain.Saving;

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="Name">Its name, as in PyTorch's state dictionary.</param>
/// <param name="Shape">Its sizes, outermost first.</param>
/// <param name="Values">Its elements; whole numbers are converted.</param>
public sealed record SavedTensor(string Name, IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values);
