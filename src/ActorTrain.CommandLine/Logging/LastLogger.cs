using ActorTrain.CommandLine.Running;
using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// Logs what an actor system reports before its loggers run and after they have stopped. Akka's own logger for this
/// writes to standard output, among the results. Akka creates this one by its type name, without configuration, so the
/// settings are static: a command configures all its nodes alike.
/// </summary>
internal sealed class LastLogger : MinimalLogger
{
    private static volatile LogSettings? _settings;

    /// <summary>Sets what goes where, for this process.</summary>
    public static void Use(LogSettings settings) => _settings = settings;

    protected override void Log(object message)
    {
        if (message is not LogEvent entry || _settings is not { } settings)
            return;
        if (entry.LogLevel() < LogLevel.InfoLevel)
            return;
        using var sink = new LogSink(settings, new LossyWriter(Console.Error));
        sink.Write(entry);
    }
}
