namespace ActorTrain.Torch.Data;

/// <summary>
/// The subset of Fashion-MNIST inside this assembly; PROVENANCE.md beside its files says how it was chosen.
/// </summary>
internal sealed class BuiltInSource : IFileSource
{
    public string Name => "the built-in subset";

    public FoundFile Open(string file) =>
        new(
            typeof(BuiltInSource).Assembly.GetManifestResourceStream($"ActorTrain.Torch.BuiltIn.{file}.gz")!,
            $"built-in {file}.gz",
            Compressed: true
        );
}
