using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace ActorTrain.Torch.Native;

/// <summary>
/// Loads TorchSharp's native library, once a process, also where the system's libstdc++ is older than the one it was
/// linked with. Nothing of TorchSharp may be used before; whoever makes engines by <see cref="TorchEngineFactory"/> need not call it.
/// </summary>
public static class TorchLibrary
{
    private const string Name = "LibTorchSharp";
    private const string File = $"lib{Name}.so";

    private static readonly Lock Gate = new();
    private static LoadedLibrary? _loaded;

    /// <summary>Loads the library if it is not loaded yet, and says how it was. Safe to call from any thread, as often as one likes.</summary>
    /// <exception cref="ActorTrainException">It cannot be loaded here.</exception>
    public static LoadedLibrary Load()
    {
        lock (Gate) return _loaded ??= LoadOnce();
    }

    private static LoadedLibrary LoadOnce()
    {
        var adapted = LoadAdaptedWhereNeeded();
        try
        {
            Initialize();
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException or DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw Unloadable(FirstLine(e.GetBaseException().Message), e);
        }
        return adapted is null
            ? new LoadedLibrary(false, "TorchSharp's native library was loaded as it comes.")
            : new LoadedLibrary(true, $"TorchSharp's native library was loaded from a copy adapted to this system's older libstdc++: {adapted}");
    }

    // Alone in a method: it is the first that touches TorchSharp's static state.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Initialize() => TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU);

    private static string? LoadAdaptedWhereNeeded()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var torchSharp = typeof(TorchSharp.torch).Assembly;
        if (NativeLibrary.TryLoad(Name, torchSharp, null, out _)) return null;
        if (NativeFolders.Find(File) is not { } original || !LacksVersion(original)) return null;

        // In the folder of the adapted copy its neighbours would not be found: they are loaded before it, in the order of their needs.
        foreach (var neighbour in new[] { "libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so" })
            if (NativeFolders.Find(neighbour) is { } path && !NativeLibrary.TryLoad(path, out _) && neighbour != "libtorch_cuda.so")
                throw Unloadable($"its neighbour {path} cannot be loaded");

        var (handle, copy) = LoadAdapted(original);
        (AssemblyLoadContext.GetLoadContext(torchSharp) ?? AssemblyLoadContext.Default).ResolvingUnmanagedDll +=
            (_, name) => name is Name or File ? handle : 0;
        return copy;
    }

    private static (nint Handle, string Path) LoadAdapted(string original)
    {
        byte[] bytes, adapted;
        try
        {
            bytes = System.IO.File.ReadAllBytes(original);
            adapted = OlderLibstdcxx.Adapt(bytes);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw Unloadable($"this system's libstdc++ has no {OlderLibstdcxx.MissingVersion}, and {original} cannot be adapted to it: {e.Message}", e);
        }
        Exception? last = null;
        // The temporary folder is for accounts without a writable home, and for homes from which nothing may be executed.
        foreach (var folder in new[] { () => UserFolders.Cache("native"), () => Directory.CreateTempSubdirectory("actortrain-").FullName })
        {
            try
            {
                if (folder() is not { } place) continue;
                var path = AdaptedCopy.WriteTo(place, bytes, adapted);
                return (NativeLibrary.Load(path), path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DllNotFoundException)
            {
                last = e;
            }
        }
        throw Unloadable($"its adapted copy cannot be written or loaded: {LastLine(last!.Message)}", last);
    }

    private static bool LacksVersion(string path)
    {
        try
        {
            NativeLibrary.Load(path);
            return false;
        }
        catch (DllNotFoundException e)
        {
            return e.Message.Contains(OlderLibstdcxx.MissingVersion, StringComparison.Ordinal);
        }
    }

    private static ActorTrainException Unloadable(string why, Exception? cause = null)
    {
        var message = $"TorchSharp's native library cannot be loaded: {why}.";
        return cause is null ? new ActorTrainException(message) : new ActorTrainException(message, cause);
    }

    private static string FirstLine(string text) => Lines(text)[0].TrimEnd('.');

    private static string LastLine(string text) => Lines(text)[^1].TrimEnd('.');

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } lines ? lines : [text];
}
