using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Logging;

/// <summary>Which log entries go where.</summary>
/// <param name="Program">The program's name.</param>
/// <param name="File">File to append everything from INFO to, beside the error stream; null: none.</param>
/// <param name="Verbose">
/// Everything from INFO on the error stream; otherwise what <see cref="ConsoleFilter"/> shows.
/// </param>
/// <param name="WithClient">
/// Whether the job's client is in this process, or in one that shows this one's error stream: failures that the client
/// shows are then not logged there a second time.
/// </param>
internal sealed record LogSettings(string Program, string? File, bool Verbose, bool WithClient)
{
    private const string Section = "akka.line-logger.";

    /// <summary>Reads the settings from an actor system's configuration.</summary>
    public static LogSettings From(Config config) =>
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
