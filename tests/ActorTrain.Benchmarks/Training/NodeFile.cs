namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// The node configuration of worker processes, in a file that is deleted with this object. The default is one thread.
/// </summary>
internal sealed class NodeFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-benchmark-");

    public NodeFile(string nodeSettings)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "node.conf");
        File.WriteAllText(Path, $"actortrain.worker.threads = 1\n{nodeSettings}");
    }

    public string Path { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
