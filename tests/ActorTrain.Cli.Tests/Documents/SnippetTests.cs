using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorTrain.Cli.Tests.Documents;

/// <summary>The C# of the documents compiles.</summary>
public sealed partial class SnippetTests
{
    // What ImplicitUsings gives a program, and what a reader has of his own.
    private const string Given = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading.Tasks;
        global using static Given;

        static class Given
        {
            public static Akka.Hosting.AkkaConfigurationBuilder akka => null!;
            public static ActorTrain.Hosting.NodeOptions node => null!;
            public static Microsoft.Extensions.Configuration.IConfiguration configuration => null!;
            public static ActorTrain.TestKit.Simulation cluster => null!;
            public static ActorTrain.Job.JobOptions job => null!;
            public static TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> Rings() => null!;
            public static ActorTrain.Torch.Data.IDataset LoadRings(ActorTrain.Job.JobOptions job) => null!;
        }

        class MyEngineFactory : ActorTrain.Engines.IEngineFactory
        {
            public ActorTrain.Engines.IGradientEngine Create(ActorTrain.Job.JobOptions job) => null!;
        }

        class HalfLife(long versions) : ActorTrain.Staleness.IStalenessPolicy
        {
            public ActorTrain.Staleness.Verdict Judge(long staleness) =>
                ActorTrain.Staleness.Verdict.Scaled(MathF.Pow(0.5f, (float)staleness / versions));
        }
        """;

    // A fragment in the middle of a text shows none.
    private const string Usings = """
        global using ActorTrain.Hosting;
        global using ActorTrain.Job;
        global using ActorTrain.TestKit;
        global using ActorTrain.TestKit.Exploration;
        global using ActorTrain.TestKit.Faults;
        global using ActorTrain.TestKit.Nodes;
        global using ActorTrain.Torch;
        global using ActorTrain.Torch.Data;
        """;

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static TheoryData<string, int, string> Snippets
    {
        get
        {
            var snippets = new TheoryData<string, int, string>();
            foreach (var document in Document.All)
            foreach (var (line, code) in document.CodeOf("csharp"))
                snippets.Add(document.Path, line, code);
            return snippets;
        }
    }

    [Theory, MemberData(nameof(Snippets))]
    public void Each_snippet_compiles(string path, int line, string code)
    {
        var given = StartsWithUsings().IsMatch(code) ? Given : Usings + "\n" + Given;
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(given), CSharpSyntaxTree.ParseText(code)],
            References,
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );

        compilation
            .GetDiagnostics()
            .Where(found => found.Severity == DiagnosticSeverity.Error)
            .Select(found => found.ToString())
            .ShouldBeEmpty($"{path}, line {line}");
    }

    [GeneratedRegex(@"^using (static )?[\w.]+;")]
    private static partial Regex StartsWithUsings();
}
