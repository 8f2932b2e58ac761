namespace ActorTrain.TestKit.Nodes;

/// <summary>The state folders of a simulation's nodes, which outlive their processes: temporary folders of this
/// machine, while the simulation runs.</summary>
internal sealed class SimulatedDisks : IDisposable
{
    private DirectoryInfo? _root;

    /// <summary>The state folder of a node; not created.</summary>
    public string FolderOf(string node)
    {
        _root ??= Directory.CreateTempSubdirectory("actortrain-simulation-");
        // A node's name may be no file name.
        return Path.Combine(_root.FullName, Uri.EscapeDataString(node));
    }

    /// <summary>A text with paths that are the same in every run.</summary>
    public string Describe(string text) => _root is null ? text : text.Replace(_root.FullName, "disks");

    public void Dispose()
    {
        if (_root?.Exists == true)
            _root.Delete(recursive: true);
    }
}
