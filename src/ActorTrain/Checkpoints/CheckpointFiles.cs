using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Files;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.Checkpoints;

/// <summary>
/// The files of one checkpoint: <c>model.safetensors</c> as <c>--save</c> writes it, one such file for each other
/// vector, <c>manifest.json</c> with the SHA-256 of all of these, and <c>manifest.json.sha256</c> with its own, as
/// <c>sha256sum</c> writes it.
/// </summary>
internal static class CheckpointFiles
{
    /// <summary>The name of the manifest's file.</summary>
    public const string Manifest = "manifest.json";

    private const string ManifestSum = Manifest + ".sha256";
    private const string Extension = ".safetensors";
    private const string Model = "model" + Extension;
    private const string Optimizer = "optimizer.";
    private const string Policy = "policy.";
    private const string Epoch = "weights.";
    private const string Buffers = "buffers.";

    /// <summary>Writes a checkpoint into an empty folder: each file to the disk, the manifest and its sum
    /// last.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="checkpoint">The checkpoint; its manifest need not name the files.</param>
    /// <param name="model">The model as it is saved.</param>
    /// <param name="metadata">Facts about the training, for the model's file.</param>
    /// <exception cref="IOException">A file cannot be written, or is not on the disk as it was written.</exception>
    public static void Write(
        string folder,
        Checkpoint checkpoint,
        TrainedModel model,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        CheckpointFile[] files =
        [
            Write(folder, Model, stream => SafeTensorsWriter.Write(stream, model, metadata)),
            // One file each: a file of safetensors is read as one array.
            .. VectorsOf(checkpoint)
                .Select(vector =>
                    Write(
                        folder,
                        vector.Name + Extension,
                        stream => SafeTensorsWriter.Write(stream, [vector], new Dictionary<string, string>())
                    )
                ),
        ];
        var manifest = ManifestJson.Serialize(checkpoint.Manifest with { Files = files });
        var sum = Write(folder, Manifest, stream => stream.Write(manifest)).Sha256;
        Write(folder, ManifestSum, stream => stream.Write(Encoding.ASCII.GetBytes($"{sum}  {Manifest}\n")));
        DurableFolder.Flush(folder);
    }

    /// <summary>Reads the manifest of a checkpoint.</summary>
    /// <exception cref="ActorTrainException">It is missing, or cannot be read.</exception>
    public static CheckpointManifest ReadManifest(string folder)
    {
        var (path, sumPath) = (Path.Combine(folder, Manifest), Path.Combine(folder, ManifestSum));
        var json = ReadAll(path);
        var sum = Encoding.ASCII.GetString(ReadAll(sumPath));
        return sum == $"{Sha256(json)}  {Manifest}\n"
            ? ManifestJson.Deserialize(path, json)
            : throw new ActorTrainException($"{path} is damaged: its SHA-256 is not the one in {ManifestSum}.");
    }

    /// <summary>Checks each byte of a checkpoint.</summary>
    /// <returns>Its manifest.</returns>
    /// <exception cref="ActorTrainException">A file is missing, or is not as it was written.</exception>
    public static CheckpointManifest Verify(string folder)
    {
        var manifest = ReadManifest(folder);
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(folder, file.Name);
            var (length, sha256) = Read(path, LengthAndSum);
            Check(path, file, length, sha256);
        }
        return manifest;
    }

    /// <summary>The names of its files.</summary>
    public static IEnumerable<string> NamesOf(CheckpointManifest manifest) =>
        manifest.Files.Select(file => file.Name).Append(Manifest).Append(ManifestSum);

    /// <summary>Whether a file of a checkpoint may have this name.</summary>
    public static bool IsName(string name) =>
        name is Manifest or ManifestSum
        || (name.EndsWith(Extension, StringComparison.Ordinal) && name == Path.GetFileName(name));

    /// <summary>Has the system write all files to the disk.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static void Flush(string folder, CheckpointManifest manifest)
    {
        foreach (var name in NamesOf(manifest))
        {
            using var file = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Write);
            file.Flush(flushToDisk: true);
        }
        DurableFolder.Flush(folder);
    }

    /// <summary>Reads a checkpoint, and checks each byte of it.</summary>
    /// <exception cref="ActorTrainException">A file is missing, is not as it was written, or cannot be
    /// read.</exception>
    public static Checkpoint Read(string folder)
    {
        var manifest = ReadManifest(folder);
        var files = manifest.Files.ToDictionary(file => file.Name);
        var epochs = manifest.Shards[0].Epochs.Select(epoch => epoch.Epoch);
        return new Checkpoint(
            manifest,
            new CheckpointState(
                manifest.Shards,
                Parse(Model).As(manifest.Model.ToDescription()).Parameters.ToArray(),
                Vectors(Optimizer, manifest.OptimizerVectors),
                Vectors(Policy, manifest.PolicyVectors),
                [.. epochs.Select(epoch => Vector($"{Epoch}{epoch}"))]
            ),
            Vectors(Buffers, manifest.Buffers?.Reports.Length ?? 0)
        );

        SavedModel Parse(string name) =>
            SafeTensorsReader.Read(
                Path.Combine(folder, name),
                Check(
                    folder,
                    files.GetValueOrDefault(name)
                        ?? throw new ActorTrainException($"{Path.Combine(folder, Manifest)} does not name {name}.")
                )
            );

        float[][] Vectors(string prefix, int count) =>
            [.. Enumerable.Range(0, count).Select(i => Vector($"{prefix}{i}"))];

        // Words of four bytes, which need not be floats: a conversion could change them.
        float[] Vector(string name) =>
            Parse(name + Extension).Tensors.TryGetValue(name, out var tensor)
                ? MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).ToArray()
                : throw new ActorTrainException($"{Path.Combine(folder, name + Extension)} has no tensor {name}.");
    }

    private static IEnumerable<SafeTensorsWriter.Entry> VectorsOf(Checkpoint checkpoint)
    {
        var (state, epochs) = (checkpoint.State, checkpoint.State.Shards[0].Epochs);
        return Named(Optimizer, state.Optimizer)
            .Concat(Named(Policy, state.Policy))
            .Concat(epochs.Zip(state.Epochs, (epoch, weights) => Entry($"{Epoch}{epoch.Epoch}", weights)))
            .Concat(Named(Buffers, checkpoint.Buffers));

        static IEnumerable<SafeTensorsWriter.Entry> Named(string prefix, IReadOnlyList<float[]> vectors) =>
            vectors.Select((vector, i) => Entry($"{prefix}{i}", vector));

        static SafeTensorsWriter.Entry Entry(string name, float[] vector) =>
            SafeTensorsWriter.Entry.Vector(name, vector);
    }

    private static CheckpointFile Write(string folder, string name, Action<Stream> write)
    {
        var path = Path.Combine(folder, name);
        string written;
        using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20))
        {
            using var sha = SHA256.Create();
            using (var hashing = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true))
                write(hashing);
            file.Flush(flushToDisk: true);
            written = Convert.ToHexStringLower(sha.Hash!);
        }
        using var back = File.OpenRead(path);
        var read = Convert.ToHexStringLower(SHA256.HashData(back));
        return read == written
            ? new CheckpointFile(name, back.Length, written)
            : throw new IOException($"{path} is not on the disk as it was written");
    }

    private static byte[] Check(string folder, CheckpointFile file)
    {
        var path = Path.Combine(folder, file.Name);
        var bytes = ReadAll(path);
        Check(path, file, bytes.Length, Sha256(bytes));
        return bytes;
    }

    private static void Check(string path, CheckpointFile file, long length, string sha256)
    {
        if (length != file.Bytes)
            throw new ActorTrainException(
                $"{path} has {Plural.Format(length, "byte")}, and {Plural.Number(file.Bytes)} were written."
            );
        if (sha256 != file.Sha256)
            throw new ActorTrainException($"{path} is damaged: its SHA-256 is not the one in {Manifest}.");
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] ReadAll(string path) => Read(path, File.ReadAllBytes);

    private static (long Length, string Sha256) LengthAndSum(string path)
    {
        using var stream = File.OpenRead(path);
        return (stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException($"{path} cannot be read: {WholeFile.ReasonOf(denied)}.", denied);
        }
    }
}
