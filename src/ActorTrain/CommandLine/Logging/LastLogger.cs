using ActorTrain.CommandLine.Running;
using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// Takes what an actor system says before its loggers run and after they have stopped. Akka's own writes it to the
/// standard output, among the results. This one is made by its name alone and knows no configuration, so it writes as
/// the process was last told to: a command configures its nodes alike.
/// </summary>
internal sealed class LastLogger : MinimalLogger
{
    private static volatile LogSettings? _settings;

    /// <summary>Tells it what goes where.</summary>
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
