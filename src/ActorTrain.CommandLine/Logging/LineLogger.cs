using ActorTrain.CommandLine.Running;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>Writes an actor system's log entries to where <see cref="LogSettings"/> say.</summary>
internal sealed class LineLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly LogSink _sink = new(
        LogSettings.From(Context.System.Settings.Config),
        new LossyWriter(Console.Error)
    );

    public LineLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(_sink.Write);
    }

    protected override void PostStop() => _sink.Dispose();
}
