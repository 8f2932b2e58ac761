namespace ActorTrain.Tests.Settings;

/// <summary>A temporary file of a test, deleted at its end.</summary>
internal sealed class TextFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-test-");

    public TextFile(string content, string name = "job.conf")
        : this(System.Text.Encoding.UTF8.GetBytes(content), name) { }

    public TextFile(byte[] content, string name = "job.conf")
    {
        Path = System.IO.Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    /// <summary>A message about this file, without the folder's name.</summary>
    public string Plain(string message) =>
        message.Replace(_folder.FullName + System.IO.Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);
}
