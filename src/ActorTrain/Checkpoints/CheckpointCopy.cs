using ActorTrain.Files;
using ActorTrain.Protocol;

namespace ActorTrain.Checkpoints;

/// <summary>Copies a checkpoint between the disks of two nodes, a part at a time.</summary>
internal static class CheckpointCopy
{
    /// <summary>The newest checkpoint of a job of which every byte can be read; null where there is none.
    /// Blocks.</summary>
    public static CheckpointProtocol.HeldCheckpoint? Newest(CheckpointFolder? folder, string jobId)
    {
        if (folder?.FindNewest(jobId) is not var (path, manifest))
            return null;
        var files = CheckpointFiles
            .NamesOf(manifest)
            .Select(name => new CheckpointProtocol.HeldFile(name, new FileInfo(Path.Combine(path, name)).Length));
        return new(Path.GetFileName(path), manifest.SamplesApplied, [.. files]);
    }

    /// <summary>Reads a part of a file. Blocks.</summary>
    /// <exception cref="ActorTrainException">There is no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CheckpointProtocol.Part ReadPart(CheckpointFolder? folder, string checkpoint, string file, long start)
    {
        // Names come from another process, and must not lead out of the folder.
        if (folder?.Find(checkpoint) is not { } path || !CheckpointFiles.IsName(file))
            throw new ActorTrainException($"there is no file {file} of a checkpoint {checkpoint}");
        using var stream = File.OpenRead(Path.Combine(path, file));
        stream.Position = start;
        var bytes = new byte[Math.Clamp(stream.Length - start, 0, CheckpointProtocol.MostBytes)];
        stream.ReadExactly(bytes);
        return new(file, start, bytes);
    }

    /// <summary>Writes a part of a file. Blocks.</summary>
    /// <param name="folder">The folder that is being written.</param>
    /// <param name="part">The part.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WritePart(string folder, CheckpointProtocol.Part part)
    {
        using var stream = new FileStream(Path.Combine(folder, part.File), FileMode.OpenOrCreate, FileAccess.Write);
        stream.Position = part.Start;
        stream.Write(part.Bytes);
    }
}
