using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace ActorTrain.Packages.Tests;

/// <summary>What a user gets: the packages, a program that references them, and the tool.</summary>
public sealed class PackageTests(PackedFeed packed) : IClassFixture<PackedFeed>
{
    private static readonly string Libtorch =
        OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64"
        : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64"
        : "libtorch-cpu-linux-x64";

    [Fact]
    public void Every_package_has_its_metadata()
    {
        var packages = Directory.GetFiles(packed.Feed, "*.nupkg");
        packages.Length.ShouldBeGreaterThanOrEqualTo(packed.Projects.Count());
        foreach (var package in packages)
        {
            using var zip = ZipFile.OpenRead(package);
            var metadata = Metadata(zip);
            var id = Value("id")!;
            Path.GetFileName(package).ShouldBe($"{id}.{PackedFeed.Version}.nupkg");
            Value("version").ShouldBe(PackedFeed.Version);
            Value("license").ShouldBe("Apache-2.0");
            Value("authors").ShouldNotBeNullOrEmpty(id);
            Value("projectUrl").ShouldBeNull(id);
            Value("description").ShouldNotBe("Package Description", id);
            Value("readme").ShouldBe("README.md", id);
            zip.GetEntry("README.md").ShouldNotBeNull(id);
            if (id.StartsWith("ActorTrain.Cli", StringComparison.Ordinal))
                continue;
            zip.Entries.ShouldContain(
                entry =>
                    entry.FullName.StartsWith("lib/net10.0/", StringComparison.Ordinal)
                    && entry.Name.EndsWith(".xml", StringComparison.Ordinal),
                id
            );
            File.Exists(Path.ChangeExtension(package, ".snupkg")).ShouldBeTrue(id);

            string? Value(string name) =>
                metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        }
    }

    [Fact]
    public void The_engine_package_does_not_depend_on_libtorch()
    {
        using var zip = ZipFile.OpenRead(Path.Combine(packed.Feed, $"ActorTrain.Torch.{PackedFeed.Version}.nupkg"));
        var dependencies = Metadata(zip)
            .Descendants()
            .Where(element => element.Name.LocalName == "dependency")
            .Select(element => element.Attribute("id")!.Value)
            .ToList();

        dependencies.ShouldContain("ActorTrain");
        dependencies.ShouldContain("TorchSharp");
        dependencies.ShouldNotContain(id => id.StartsWith("libtorch", StringComparison.Ordinal));
        zip.GetEntry("buildTransitive/ActorTrain.Torch.targets").ShouldNotBeNull();
        zip.GetEntry("buildTransitive/NativeDecoder.targets").ShouldNotBeNull();
    }

    [Fact]
    public void A_service_that_embeds_a_node_gets_no_command_line()
    {
        using var zip = ZipFile.OpenRead(Path.Combine(packed.Feed, $"ActorTrain.{PackedFeed.Version}.nupkg"));

        Metadata(zip)
            .Descendants()
            .Where(element => element.Name.LocalName == "dependency")
            .Select(element => element.Attribute("id")!.Value)
            .ShouldNotContain(id => id.StartsWith("Spectre", StringComparison.Ordinal) || id == "System.CommandLine");
    }

    [Fact]
    public async Task A_program_of_twelve_lines_trains_on_local_processes()
    {
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(PackedFeed.Repository, "examples", "FashionMnist", "Program.cs")
        );
        lines
            .Count(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .ShouldBeLessThanOrEqualTo(12);
        var folder = packed.NewFolder("Twelve");
        // Loading the data may be the first use of TorchSharp: its native library must be loaded by then.
        var usingTorch = lines
            .Select(line =>
                line.Replace(
                    "folder => FashionMnist",
                    "folder => TorchSharp.torch.randn(2).sum().item<float>() > 99 ? null! : FashionMnist",
                    StringComparison.Ordinal
                )
            )
            .ToArray();
        usingTorch.ShouldNotBe(lines);
        await File.WriteAllLinesAsync(Path.Combine(folder, "Program.cs"), usingTorch);
        var project = Path.Combine(folder, "Twelve.csproj");

        await File.WriteAllTextAsync(
            project,
            Project(
                Reference("ActorTrain.CommandLine", PackedFeed.Version)
                    + Reference("ActorTrain.Torch", PackedFeed.Version)
            )
        );
        var without = await packed.Run("dotnet", folder, "build", "-c", "Release", "-nodeReuse:false");
        without.ExitCode.ShouldNotBe(0);
        without.Output.ShouldContain(
            $"Add it: dotnet add package {Libtorch} --version 2.10.0",
            customMessage: without.Output
        );

        await File.WriteAllTextAsync(
            project,
            Project(
                Reference("ActorTrain.CommandLine", PackedFeed.Version)
                    + Reference("ActorTrain.Torch", PackedFeed.Version)
                    + Reference(Libtorch, "2.10.0")
            )
        );
        var built = await packed.Run(
            "dotnet",
            folder,
            "build",
            "-c",
            "Release",
            "-nodeReuse:false",
            "-p:UseSharedCompilation=false"
        );
        built.ShouldSucceed();
        built.Output.ShouldContain("0 Warning(s)", customMessage: built.Output);
        // The image decoder, for the platforms that TorchSharp may run on, and without its symbols.
        Directory
            .GetFiles(Path.Combine(folder, "bin"), "libSkiaSharp.*", SearchOption.AllDirectories)
            .Select(file => file.Split(Path.DirectorySeparatorChar)[^3])
            .Order()
            .ShouldBe(["linux-arm64", "linux-x64", "osx", "win-arm64", "win-x64"]);

        var program = Path.Combine(folder, "bin", "Release", "net10.0", "Twelve.dll");
        (
            await packed.Run(
                "dotnet",
                folder,
                program,
                "local",
                "--workers",
                "2",
                "--epochs",
                "1",
                "--quiet",
                "--report",
                "report.json"
            )
        ).ShouldSucceed();
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "report.json")));
        report.RootElement.GetProperty("model").GetProperty("name").GetString().ShouldBe("Twelve");
        report.RootElement.GetProperty("workers").GetArrayLength().ShouldBe(2);
        report
            .RootElement.GetProperty("samplesApplied")
            .GetInt64()
            .ShouldBe(report.RootElement.GetProperty("samplesExpected").GetInt64());
    }

    [Fact]
    public async Task The_tool_installs_and_trains()
    {
        var folder = packed.NewFolder("tool");
        (
            await packed.Run(
                "dotnet",
                folder,
                "tool",
                "install",
                "ActorTrain.Cli",
                "--tool-path",
                ".",
                "--version",
                PackedFeed.Version,
                "--add-source",
                packed.Feed
            )
        ).ShouldSucceed();
        var command = Path.Combine(folder, OperatingSystem.IsWindows() ? "actortrain.exe" : "actortrain");

        (await packed.Run(command, folder, "--version")).ShouldSucceed().Output.ShouldStartWith(PackedFeed.Version);
        (await packed.Run(command, folder, "demo", "--epochs", "1", "--quiet"))
            .ShouldSucceed()
            .Output.ShouldStartWith("demo: done after");
        // Its workers run the tool's executable, which is not beside its assembly.
        (
            await packed.Run(
                command,
                folder,
                "local",
                "--workers",
                "1",
                "--source",
                "built-in",
                "--epochs",
                "1",
                "--quiet"
            )
        ).ShouldSucceed();
    }

    private static XElement Metadata(ZipArchive zip)
    {
        using var nuspec = zip
            .Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal))
            .Open();
        return XDocument.Load(nuspec).Root!.Elements().First(element => element.Name.LocalName == "metadata");
    }

    private static string Reference(string id, string version) =>
        $"""<PackageReference Include="{id}" Version="{version}" />""";

    private static string Project(string references) =>
        $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>{references}</ItemGroup>
            </Project>
            """;
}
