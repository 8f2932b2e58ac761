using System.Runtime.Serialization;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Serialization.Paging;

/// <summary>
/// Receives a node's pages, assembles each message and delivers it, as if it came from the sender directly. To send,
/// see <see cref="Pages"/>.
/// </summary>
internal sealed class PagesActor : ReceiveActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c>, the same in every system.</summary>
    public const string Name = "actortrain-pages";

    private const long MostBytes = 256L << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly PageAssembly _assembly = new(MostBytes, Timeout);
    private readonly AllowListSerializer _serializer = AllowListSerializer.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private sealed record ExpireIncomplete;

    public static Props Props() => Akka.Actor.Props.Create(() => new PagesActor());

    public PagesActor()
    {
        Receive<PageProtocol.Page>(page =>
        {
            var (message, givenUp) = _assembly.Add(page, Now);
            LogLost(givenUp);
            if (message is not null)
                Deliver(page, message);
            if (_assembly.Count == 0)
                Timers.Cancel("expire");
            else if (!Timers.IsTimerActive("expire"))
                Timers.StartPeriodicTimer("expire", new ExpireIncomplete(), Timeout);
        });
        Receive<ExpireIncomplete>(_ => LogLost(_assembly.Expire(Now)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void Deliver(PageProtocol.Page page, byte[] message)
    {
        try
        {
            page.Receiver.Tell(_serializer.Read(message), Sender);
        }
        catch (SerializationException)
        {
            // The serializer has logged the error.
        }
    }

    private void LogLost(IReadOnlyList<PageAssembly.GivenUp> givenUp)
    {
        foreach (var (kind, reason) in givenUp)
            _log.PagesLost(kind, reason.AsClause());
    }
}
