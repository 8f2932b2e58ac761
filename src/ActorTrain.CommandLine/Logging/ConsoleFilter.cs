using ActorTrain.Coordinator;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>Which log entries a program shows on the console by default.</summary>
internal static class ConsoleFilter
{
    // The job's client shows what these report, as an event or as the error of the job. Where the client is another
    // process, the node's console shows it too.
    private static readonly Type[] ShownByTheClient =
    [
        typeof(JobActor),
        typeof(WorkerActor),
        typeof(EvaluatorActor),
        typeof(ProcessWatchActor),
    ];

    /// <summary>ActorTrain's own warnings and errors, and all other errors: a crash is never hidden.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="withClient">See <see cref="LogSettings.WithClient"/>.</param>
    public static bool Shows(LogEvent entry, bool withClient)
    {
        var level = entry.LogLevel();
        if (level < LogLevel.WarningLevel)
            return false;
        if (withClient && ShownByTheClient.Contains(entry.LogClass))
            return false;
        var ours = entry.LogClass?.Namespace?.StartsWith(nameof(ActorTrain), StringComparison.Ordinal) == true;
        return ours || (level == LogLevel.ErrorLevel && !ConnectionEnd.Matches(entry));
    }
}
