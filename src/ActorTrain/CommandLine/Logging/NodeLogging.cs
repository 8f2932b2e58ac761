using Akka.Configuration;

namespace ActorTrain.CommandLine.Logging;

/// <summary>How nodes log under the command line: never on the output, and no noise from below.</summary>
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
              # Ctrl-C and SIGTERM are the command's own to handle.
              coordinated-shutdown.run-by-clr-shutdown-hook = off
            }
            {{settings.Hocon}}
            """
        );
    }
}
