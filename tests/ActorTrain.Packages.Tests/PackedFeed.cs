using System.Reflection;
using CliWrap;
using CliWrap.Buffered;

namespace ActorTrain.Packages.Tests;

/// <summary>
/// All packable projects, packed from a copy of their sources into a folder outside the repository, so that other
/// builds and tests are not disturbed. Programs beside it find the packages there, and have their own package cache,
/// so that no packed version remains on the machine.
/// </summary>
public sealed class PackedFeed : IAsyncLifetime
{
    public const string Version = "0.1.0-packed";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(20);
    private readonly CancellationTokenSource _cancellation = new(Timeout);
    private readonly string _root = Directory.CreateTempSubdirectory("actortrain-packages-").FullName;

    public static string Repository { get; } =
        typeof(PackedFeed)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(pair => pair.Key == "RepositoryRoot")
            .Value!;

    public string Feed => Path.Combine(_root, "feed");

    public IEnumerable<string> Projects =>
        Directory.EnumerateFiles(Path.Combine(_root, "source", "src"), "*.csproj", SearchOption.AllDirectories);

    public async Task InitializeAsync()
    {
        CopySources();
        Directory.CreateDirectory(Feed);
        foreach (var project in Projects)
            (
                await Run(
                    "dotnet",
                    Path.Combine(_root, "source"),
                    "pack",
                    project,
                    "-c",
                    "Release",
                    "-o",
                    Feed,
                    $"-p:Version={Version}",
                    "-nodeReuse:false",
                    "-p:UseSharedCompilation=false",
                    "-v:minimal"
                )
            ).ShouldSucceed();
        // Packages that are on the machine already are not unpacked again.
        var cache = (
            await Run("dotnet", _root, "nuget", "locals", "global-packages", "--list", "--force-english-output")
        )
            .Output.Split(": ", 2)[1]
            .Trim();
        await File.WriteAllTextAsync(
            Path.Combine(_root, "nuget.config"),
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_root, "cache")}" /></config>
              <fallbackPackageFolders><add key="machine" value="{cache}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{Feed}" /></packageSources>
            </configuration>
            """
        );
    }

    /// <summary>An empty folder for a program that uses the packages.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    /// <summary>
    /// Runs a process to its end; it is killed with its children when the timeout of the whole fixture is over.
    /// </summary>
    public async Task<Outcome> Run(string file, string folder, params string[] arguments)
    {
        var result = await Cli.Wrap(file)
            .WithArguments(arguments)
            .WithWorkingDirectory(folder)
            .WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(variables =>
                variables
                    .Set("DOTNET_CLI_TELEMETRY_OPTOUT", "1")
                    .Set("DOTNET_NOLOGO", "1")
                    .Set("MSBUILDDISABLENODEREUSE", "1")
                    .Set("DOTNET_CLI_USE_MSBUILD_SERVER", "0")
                    // Those of the build that runs this test would select another SDK.
                    .Set("MSBuildSDKsPath", null)
                    .Set("MSBuildExtensionsPath", null)
                    .Set("MSBUILD_EXE_PATH", null)
            )
            .ExecuteBufferedAsync(_cancellation.Token);
        return new Outcome(
            $"{Path.GetFileName(file)} {string.Join(' ', arguments)}",
            result.ExitCode,
            result.StandardOutput,
            result.StandardError
        );
    }

    public Task DisposeAsync()
    {
        _cancellation.Dispose();
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    private void CopySources()
    {
        var source = Path.Combine(_root, "source");
        Directory.CreateDirectory(source);
        foreach (
            var file in Directory
                .EnumerateFiles(Repository)
                .Where(file => !file.EndsWith(".sln", StringComparison.Ordinal))
        )
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        var built = new[] { "bin", "obj" };
        foreach (
            var file in Directory.EnumerateFiles(Path.Combine(Repository, "src"), "*", SearchOption.AllDirectories)
        )
        {
            var relative = Path.GetRelativePath(Repository, file);
            if (relative.Split(Path.DirectorySeparatorChar).Any(built.Contains))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(source, relative))!);
            File.Copy(file, Path.Combine(source, relative));
        }
    }
}

/// <summary>The result of a process.</summary>
public sealed record Outcome(string Command, int ExitCode, string Output, string Error)
{
    public Outcome ShouldSucceed()
    {
        ExitCode.ShouldBe(0, $"{Command}\n{Output}\n{Error}");
        return this;
    }
}
