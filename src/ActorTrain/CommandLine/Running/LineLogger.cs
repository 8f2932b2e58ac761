using ActorTrain.Coordinator;
using ActorTrain.Sentences;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorTrain.CommandLine.Running;

/// <summary>Writes log entries as single lines to the error stream or to a file.</summary>
internal sealed class LineLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>Keys under <c>akka</c> by which it learns what to write, and where to.</summary>
    public const string FileKey = "line-logger.file";
    public const string EverythingKey = "line-logger.everything";
    public const string ProgramKey = "line-logger.program";
    public const string WithClientKey = "line-logger.with-client";

    // What these warn of, a job's client is told: as an event, or as the error that its run ends with. Where the client
    // is another process, whoever runs the node is to see it.
    private static readonly Type[] ToldToTheClient =
        [typeof(JobActor), typeof(WorkerActor), typeof(EvaluatorActor), typeof(ProcessWatchActor)];

    private readonly TextWriter _writer;
    private readonly string _program;
    private readonly bool _everything;
    private readonly bool _withClient;
    private readonly bool _ownsWriter;

    public LineLogger()
    {
        var config = Context.System.Settings.Config.GetConfig("akka");
        _program = config.GetString(ProgramKey);
        _everything = config.GetBoolean(EverythingKey);
        _withClient = config.GetBoolean(WithClientKey);
        var file = config.GetString(FileKey);
        _ownsWriter = !string.IsNullOrEmpty(file);
        // Shared for writing: the nodes of one process append to one file.
        _writer = _ownsWriter
            ? new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true }
            : Console.Error;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    protected override void PostStop()
    {
        if (_ownsWriter) _writer.Dispose();
    }

    private void Write(LogEvent entry)
    {
        var ours = entry.LogClass?.Namespace?.StartsWith(nameof(ActorTrain), StringComparison.Ordinal) == true;
        if (!_everything && (!ours || (_withClient && ToldToTheClient.Contains(entry.LogClass)))) return;
        var said = $"{entry.Message}".ReplaceLineEndings(" ");
        var line = entry.Cause is { } cause ? $"{said.AsClause()}: {cause.AsClause()}" : said;
        _writer.WriteLine(_everything ? $"{entry.Timestamp:HH:mm:ss.fff} {entry.LogLevel()} {entry.LogSource} {line}" : $"{_program}: {line}");
    }
}
