using System.Reflection;
using PublicApiGenerator;

namespace ActorTrain.Packages.Tests;

/// <summary>
/// The public API of each library changes only on purpose: it is kept in a file beside this one.
/// </summary>
public sealed class PublicApiTests
{
    private const string Approve = "ACTORTRAIN_APPROVE_API";

    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes =
        [
            "System.Runtime.CompilerServices.IsReadOnlyAttribute",
            "System.Runtime.CompilerServices.AsyncStateMachineAttribute",
        ],
    };

    public static TheoryData<string> Libraries =>
        [
            .. Directory
                .EnumerateFiles(AppContext.BaseDirectory, "ActorTrain.*.dll")
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal)),
        ];

    [Theory, MemberData(nameof(Libraries))]
    public void The_public_api_is_the_approved_one(string library)
    {
        var file = Path.Combine(
            PackedFeed.Repository,
            "tests",
            "ActorTrain.Packages.Tests",
            "PublicApi",
            library + ".txt"
        );
        var api = Assembly.Load(library).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable(Approve) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, api);
            return;
        }
        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (api == approved)
            return;
        var (before, after) = (approved.Split('\n'), api.Split('\n'));
        Assert.Fail(
            $"The public API of {library} is not the approved one:\n"
                + string.Concat(before.Except(after).Select(line => $"- {line.Trim()}\n"))
                + string.Concat(after.Except(before).Select(line => $"+ {line.Trim()}\n"))
                + $"If that is intended, approve it, and commit the file with the change:\n  {Approve}=1 dotnet test "
                + $"tests/ActorTrain.Packages.Tests --filter {nameof(PublicApiTests)}"
        );
    }
}
