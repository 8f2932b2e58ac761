using ActorTrain.Coordinator;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>What of the log whoever runs a program sees without asking for it.</summary>
internal static class ConsoleNews
{
    // What these warn of, a job's client is told: as an event, or as the error that its run ends with. Where the client
    // is another process, whoever runs the node is to see it.
    private static readonly Type[] ToldToTheClient =
    [
        typeof(JobActor),
        typeof(WorkerActor),
        typeof(EvaluatorActor),
        typeof(ProcessWatchActor),
    ];

    /// <summary>ActorTrain's own warnings and errors, and everybody's errors: a crash is never hidden.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="withClient">Whether the job's client is in this process, or shows what this process says.</param>
    public static bool Has(LogEvent entry, bool withClient)
    {
        var level = entry.LogLevel();
        if (level < LogLevel.WarningLevel)
            return false;
        if (withClient && ToldToTheClient.Contains(entry.LogClass))
            return false;
        var ours = entry.LogClass?.Namespace?.StartsWith(nameof(ActorTrain), StringComparison.Ordinal) == true;
        return ours || (level == LogLevel.ErrorLevel && !ConnectionEnd.Is(entry.Cause));
    }
}
