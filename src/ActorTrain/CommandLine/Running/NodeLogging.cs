using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Running;

/// <summary>How nodes log under the command line: one line an entry, never on the output, and no noise from below.</summary>
internal static class NodeLogging
{
    /// <summary>Configuration of an actor system's logging.</summary>
    /// <param name="program">The program's name: lines begin with it.</param>
    /// <param name="file">File to append to, or null for the error stream.</param>
    /// <param name="verbose">Everything from INFO, from Akka as well; otherwise ActorTrain's own warnings and errors.</param>
    /// <param name="withClient">Whether this process has the job's client as well, which shows failures: they are not
    /// logged, too.</param>
    public static Config Configuration(string program, string? file, bool verbose, bool withClient = false)
    {
        var everything = verbose || file is not null;
        return ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = {{(everything ? "INFO" : "WARNING")}}
              stdout-loglevel = OFF
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              loggers = ["{{typeof(LineLogger).AssemblyQualifiedName}}"]
              # Ctrl-C and SIGTERM are the command's own to handle.
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              {{LineLogger.EverythingKey}} = {{(everything ? "on" : "off")}}
              {{LineLogger.WithClientKey}} = {{(withClient ? "on" : "off")}}
              {{LineLogger.FileKey}} = {{ConfigurationFile.Quoted(file)}}
              {{LineLogger.ProgramKey}} = {{ConfigurationFile.Quoted(program)}}
            }
            """);
    }
}
