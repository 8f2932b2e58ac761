using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ActorTrain.Tests.Architecture;

/// <summary>The lines of a class over all its files, from its documentation to its closing brace.</summary>
/// <param name="Name">The class, with its namespace and the classes around it.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="IsActor">Whether it derives from an actor of Akka, directly or not.</param>
internal sealed record ClassSize(string Name, int Lines, bool IsActor)
{
    private static readonly string[] AkkaActors =
    [
        "ActorBase",
        "ReceiveActor",
        "ReceivePersistentActor",
        "UntypedActor",
        "UntypedPersistentActor",
    ];

    /// <summary>The classes in the texts of source files.</summary>
    public static IReadOnlyList<ClassSize> AllOf(IEnumerable<string> sources)
    {
        var classes = sources
            .SelectMany(source => CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes())
            .OfType<TypeDeclarationSyntax>()
            .GroupBy(NameOf)
            .ToList();
        var actors = AkkaActors.ToHashSet();
        // Each pass finds an actor that derives from one that is known.
        while (classes.Where(IsActor).Any(type => actors.Add(type.First().Identifier.Text))) { }
        return [.. classes.Select(type => new ClassSize(type.Key, type.Sum(LinesOf), IsActor(type)))];

        bool IsActor(IEnumerable<TypeDeclarationSyntax> type) =>
            type.SelectMany(part => part.BaseList?.Types ?? [])
                .Any(inherited => actors.Contains(inherited.Type.ToString().Split('<')[0].Split('.')[^1]));
    }

    private static int LinesOf(TypeDeclarationSyntax part) => part.ToFullString().Trim().Count(it => it == '\n') + 1;

    private static string NameOf(TypeDeclarationSyntax part) =>
        string.Join(
            '.',
            part.AncestorsAndSelf()
                .Reverse()
                .Select(node =>
                    node switch
                    {
                        BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
                        TypeDeclarationSyntax type => type.Identifier.Text,
                        _ => null,
                    }
                )
                .OfType<string>()
        );
}
