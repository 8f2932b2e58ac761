using System.Runtime.CompilerServices;

namespace ActorTrain.Tests;

/// <summary>What the nodes of tests keep is not the user's: the state folder of this process is its own.</summary>
internal static class StateFolder
{
    private static readonly DirectoryInfo Own = Directory.CreateTempSubdirectory("actortrain-state-");

    [ModuleInitializer]
    internal static void Use()
    {
        Environment.SetEnvironmentVariable("XDG_STATE_HOME", Own.FullName);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Own.Delete(recursive: true);
    }
}
