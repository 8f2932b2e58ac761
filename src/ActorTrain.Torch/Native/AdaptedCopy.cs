using System.Security.Cryptography;

namespace ActorTrain.Torch.Native;

/// <summary>Puts an adapted library where it can be loaded from. Several processes may do so at once.</summary>
internal static class AdaptedCopy
{
    /// <summary>
    /// Writes the adapted library into a folder, unless the same file is there already, and returns its path. The name
    /// has the hash of the original, so that each version of TorchSharp has a copy of its own.
    /// </summary>
    public static string WriteTo(string folder, byte[] original, byte[] adapted)
    {
        Directory.CreateDirectory(folder);
        var hash = Convert.ToHexStringLower(SHA256.HashData(original))[..16];
        var path = Path.Combine(folder, $"libLibTorchSharp-{hash}.so");
        if (Holds(path, adapted))
            return path;

        // Written under another name and renamed: another process sees the whole file or none.
        var partial = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():n}.tmp";
        try
        {
            File.WriteAllBytes(partial, adapted);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
        return path;
    }

    // Compared in full, since it is loaded as code: a file that another program put under the name is replaced.
    private static bool Holds(string path, byte[] content) =>
        File.Exists(path)
        && new FileInfo(path).Length == content.Length
        && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
}
