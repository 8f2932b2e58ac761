using System.CommandLine;

namespace ActorTrain.CommandLine.Options;

/// <summary>Options that every verb has.</summary>
internal static class CommonOptions
{
    /// <summary>Shows traces.</summary>
    public static Option<bool> Debug { get; } =
        new("--debug") { Description = "Show the trace of an error.", Recursive = true };
}
