using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorTrain.TestKit.Tests.Replaying;

/// <summary>Compiles and runs the code that results print, as a user would.</summary>
internal static class CompiledRuns
{
    private const string Assertion = "result.ShouldSucceed();";

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Runs each code without its assertion, and returns the results in order.</summary>
    public static IReadOnlyList<SimulationResult> Run(IReadOnlyList<string> codes)
    {
        var compilation = Compilation(codes);
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        emitted.Success.ShouldBeTrue(
            string.Join("\n", [.. emitted.Diagnostics.Select(found => found.ToString()), .. codes])
        );
        image.Position = 0;
        var assembly = AssemblyLoadContext.Default.LoadFromStream(image);
        return
        [
            .. codes.Select(
                (_, i) => (SimulationResult)assembly.GetType($"Replay{i}")!.GetMethod("Run")!.Invoke(null, null)!
            ),
        ];
    }

    /// <summary>The compiler's errors.</summary>
    public static IReadOnlyList<string> ErrorsOf(string code) =>
        [
            .. Compilation([code])
                .GetDiagnostics()
                .Where(found => found.Severity == DiagnosticSeverity.Error)
                .Select(found => found.GetMessage()),
        ];

    private static CSharpCompilation Compilation(IReadOnlyList<string> codes) =>
        CSharpCompilation.Create(
            $"Replays{Guid.NewGuid():n}",
            codes.Select(Tree),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );

    private static SyntaxTree Tree(string code, int number)
    {
        code.ShouldEndWith(Assertion);
        var usings = code[..code.IndexOf("\n\n", StringComparison.Ordinal)];
        var statements = code[usings.Length..^Assertion.Length];
        return CSharpSyntaxTree.ParseText(
            $"{usings}\npublic static class Replay{number} {{ public static SimulationResult Run() {{ "
                + $"{statements}\nreturn result; }} }}"
        );
    }
}
