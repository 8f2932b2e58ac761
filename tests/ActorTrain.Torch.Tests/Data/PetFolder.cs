using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>A folder <c>pets</c> of cats and dogs, two pixels each, which a test then changes.</summary>
public sealed class PetFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static byte[] Pixels(byte grey) => ImageFiles.Png(2, 1, 8, 0, [0, grey, grey]);

    public string Path => _folder["pets"];

    public string this[string entry] => System.IO.Path.Combine([Path, .. entry.Split('/')]);

    /// <summary>Two classes, an image each to train and to test on.</summary>
    public static PetFolder Whole()
    {
        var folder = new PetFolder();
        folder.Put("train/cat/1.png", Pixels(10));
        folder.Put("train/dog/1.png", Pixels(20));
        folder.Put("test/cat/1.png", Pixels(30));
        folder.Put("test/dog/1.png", Pixels(40));
        return folder;
    }

    /// <summary>Two classes that share one file to train on.</summary>
    public static PetFolder Of(byte[] file, string name)
    {
        var folder = new PetFolder();
        folder.Put($"train/cat/{name}", file);
        folder.Put($"train/dog/{name}", file);
        folder.Put($"test/cat/{name}", file);
        folder.Put($"test/dog/{name}", file);
        return folder;
    }

    public void Put(string entry, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[entry])!);
        File.WriteAllBytes(this[entry], content);
    }

    public ImageDataset Load(int channels = 1) => ImageFolder.Load(Path, channels);

    /// <summary>The error that refuses it, with paths relative to the folder.</summary>
    public string Refusal()
    {
        var sentence = Should.Throw<ActorTrainException>(() => Load()).Message;
        sentence.ShouldNotContain("\n");
        var root = Path + System.IO.Path.DirectorySeparatorChar;
        return sentence.Replace(root, "", StringComparison.Ordinal).Replace('\\', '/');
    }

    public void Dispose() => _folder.Dispose();
}
