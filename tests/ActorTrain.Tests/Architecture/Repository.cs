using System.Reflection;

namespace ActorTrain.Tests.Architecture;

/// <summary>The sources that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(pair => pair.Key == "RepositoryRoot")
            .Value!;
}
