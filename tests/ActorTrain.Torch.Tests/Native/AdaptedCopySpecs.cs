using ActorTrain.Torch.Native;

namespace ActorTrain.Torch.Tests.Native;

public sealed class AdaptedCopySpecs : IDisposable
{
    private static readonly byte[] Original = [1, 2, 3],
        Adapted = new byte[1 << 20];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Is_named_by_the_hash_of_the_original()
    {
        var one = AdaptedCopy.WriteTo(_folder.Path, Original, Adapted);
        var other = AdaptedCopy.WriteTo(_folder.Path, [4, 5, 6], Adapted);

        Path.GetFileName(one).ShouldBe("libLibTorchSharp-039058c6f2c0cb49.so");
        other.ShouldNotBe(one);
    }

    [Fact]
    public void Written_by_many_at_once_is_whole_and_leaves_no_other_file()
    {
        Parallel.For(
            0,
            16,
            _ => File.ReadAllBytes(AdaptedCopy.WriteTo(_folder.Path, Original, Adapted)).ShouldBe(Adapted)
        );

        Directory.GetFiles(_folder.Path).Length.ShouldBe(1);
    }

    [Fact]
    public void A_file_of_other_content_under_its_name_is_replaced()
    {
        var path = AdaptedCopy.WriteTo(_folder.Path, Original, Adapted);
        File.WriteAllBytes(path, Original);

        AdaptedCopy.WriteTo(_folder.Path, Original, Adapted).ShouldBe(path);

        File.ReadAllBytes(path).ShouldBe(Adapted);
    }

    public void Dispose() => _folder.Dispose();
}
