using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Logging;

/// <summary>What of the log goes where.</summary>
/// <param name="Program">The program's name.</param>
/// <param name="File">File to append everything from INFO to, beside the error stream; null: none.</param>
/// <param name="Verbose">
/// Everything from INFO on the error stream; otherwise what <see cref="ConsoleNews"/> has.
/// </param>
/// <param name="WithClient">
/// Whether this process has the job's client as well, or a process that has it shows what this one says: failures that
/// the client shows are not on the error stream, too.
/// </param>
internal sealed record LogSettings(string Program, string? File, bool Verbose, bool WithClient)
{
    private const string Section = "akka.line-logger.";

    /// <summary>The settings as an actor system's configuration has them.</summary>
    public static LogSettings Of(Config config) =>
        new(
            config.GetString(Section + "program"),
            config.GetString(Section + "file") is { Length: > 0 } file ? file : null,
            config.GetBoolean(Section + "verbose"),
            config.GetBoolean(Section + "with-client")
        );

    /// <summary>The settings as configuration.</summary>
    public string Hocon =>
        $$"""
            {{Section}}program = {{ConfigurationFile.Quoted(Program)}}
            {{Section}}file = {{ConfigurationFile.Quoted(File)}}
            {{Section}}verbose = {{(Verbose ? "on" : "off")}}
            {{Section}}with-client = {{(WithClient ? "on" : "off")}}
            """;
}
