using Akka.Configuration;

namespace ActorTrain.CommandLine.Logging;

/// <summary>How nodes of a command log: never on standard output, and without dead letters.</summary>
internal static class NodeLogging
{
    /// <summary>Configuration of an actor system's logging.</summary>
    public static Config Configuration(LogSettings settings)
    {
        LastLogger.Use(settings);
        return ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = {{(settings.Verbose || settings.File is not null ? "INFO" : "WARNING")}}
              stdout-loglevel = OFF
              stdout-logger-class = "{{typeof(LastLogger).AssemblyQualifiedName}}"
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              loggers = ["{{typeof(LineLogger).AssemblyQualifiedName}}"]
              # The command handles Ctrl-C and SIGTERM itself.
              coordinated-shutdown.run-by-clr-shutdown-hook = off
            }
            {{settings.Hocon}}
            """
        );
    }
}
