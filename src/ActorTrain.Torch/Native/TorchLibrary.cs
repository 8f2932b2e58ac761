using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ActorTrain.Files;
using ActorTrain.Sentences;

namespace ActorTrain.Torch.Native;

/// <summary>
/// Loads TorchSharp's native library, once a process, also where the system's libstdc++ is older than the one it was
/// linked with. TorchSharp must not be used before; <see cref="TorchEngineFactory"/> calls it by itself.
/// </summary>
public static class TorchLibrary
{
    private const string Name = "LibTorchSharp";
    private const string File = $"lib{Name}.so";

    private static readonly Lock Gate = new();
    private static LoadedLibrary? _loaded;

    /// <summary>
    /// Loads the library if it is not loaded yet, and returns how it was loaded. May be called from any thread, any
    /// number of times.
    /// </summary>
    /// <exception cref="ActorTrainException">It cannot be loaded here.</exception>
    public static LoadedLibrary Load()
    {
        lock (Gate)
            return _loaded ??= LoadOnce();
    }

    private static LoadedLibrary LoadOnce()
    {
        HostAllocator.KeepFreedMemory();
        var adapted = LoadAdaptedWhereNeeded();
        try
        {
            Initialize();
        }
        catch (Exception e)
            when (e
                    is TypeInitializationException
                        or NotSupportedException
                        or DllNotFoundException
                        or BadImageFormatException
                        or EntryPointNotFoundException
            )
        {
            throw Unloadable(FirstLine(e.GetBaseException().Message), e);
        }
        return adapted is null
            ? new LoadedLibrary(false, "TorchSharp's native library was loaded as it comes.")
            : new LoadedLibrary(
                true,
                $"TorchSharp's native library was loaded from a copy adapted to this system's older libstdc++: "
                    + $"{adapted}"
            );
    }

    // In a method of its own: it is the first use of TorchSharp's static state.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Initialize() => TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU);

    private static string? LoadAdaptedWhereNeeded()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var torchSharp = typeof(TorchSharp.torch).Assembly;
        if (NativeLibrary.TryLoad(Name, torchSharp, null, out _))
            return null;
        if (NativeFolders.Find(File) is not { } original || !LacksVersion(original))
            return null;

        // From the folder of the adapted copy its neighbours would not be found: they are loaded before it, in the
        // order of their dependencies.
        foreach (var neighbour in new[] { "libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so" })
            if (
                NativeFolders.Find(neighbour) is { } path
                && !NativeLibrary.TryLoad(path, out _)
                && neighbour != "libtorch_cuda.so"
            )
                throw Unloadable($"its neighbour {path} cannot be loaded");

        var (handle, copy) = LoadAdapted(original);
        (AssemblyLoadContext.GetLoadContext(torchSharp) ?? AssemblyLoadContext.Default).ResolvingUnmanagedDll += (
            _,
            name
        ) => name is Name or File ? handle : 0;
        return copy;
    }

    private static (nint Handle, string Path) LoadAdapted(string original)
    {
        byte[] bytes,
            adapted;
        try
        {
            bytes = System.IO.File.ReadAllBytes(original);
            adapted = OlderLibstdcxx.Adapt(bytes);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw Unloadable(
                $"this system's libstdc++ is older than the one it was linked with, and {original} cannot "
                    + $"be adapted to it: {e.AsClause()}",
                e
            );
        }
        if (UserFolders.Cache("native") is { } cache && TryLoad(cache, out var loaded, out _))
            return loaded;

        // For accounts without a writable home, and homes on a file system without execute permission. The file is
        // deleted once it is loaded, so that processes do not leave one each.
        string? temporary = null;
        try
        {
            temporary = Directory.CreateTempSubdirectory("actortrain-").FullName;
            return TryLoad(temporary, out loaded, out var failure)
                ? loaded
                : throw Unloadable(
                    $"its adapted copy cannot be written or loaded: {LastLine(failure.Message).AsClause()}",
                    failure
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unloadable($"there is no folder to write its adapted copy to: {e.AsClause()}", e);
        }
        finally
        {
            if (temporary is not null)
                Directory.Delete(temporary, recursive: true);
        }

        bool TryLoad(string folder, out (nint Handle, string Path) loaded, [NotNullWhen(false)] out Exception? failure)
        {
            (loaded, failure) = (default, null);
            try
            {
                var path = AdaptedCopy.WriteTo(folder, bytes, adapted);
                loaded = (NativeLibrary.Load(path), path);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DllNotFoundException)
            {
                failure = e;
                return false;
            }
        }
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
            return OlderLibstdcxx.MissingVersions.Any(version => e.Message.Contains(version, StringComparison.Ordinal));
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
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            is { Length: > 0 } lines
            ? lines
            : [text];
}
