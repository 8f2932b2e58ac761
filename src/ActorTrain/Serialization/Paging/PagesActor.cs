using System.Runtime.Serialization;
using ActorTrain.Sentences;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Serialization.Paging;

/// <summary>
/// A node's end of what travels in pages: puts each message together and hands it to its receiver, as if the sender had
/// told it. To send, see <see cref="Pages"/>.
/// </summary>
internal sealed class PagesActor : ReceiveActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c>, the same in every system.</summary>
    public const string Name = "actortrain-pages";

    private const long MostBytes = 256L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly PageAssembly _assembly = new(MostBytes, Patience);
    private readonly ProtocolSerializer _serializer = ProtocolSerializer.Of(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private sealed record LookForSilence;

    public static Props Props() => Akka.Actor.Props.Create(() => new PagesActor());

    public PagesActor()
    {
        Receive<PageProtocol.Page>(page =>
        {
            var (message, givenUp) = _assembly.Add(page, Now);
            Tell(givenUp);
            if (message is not null)
                Deliver(page, message);
            if (_assembly.Count == 0)
                Timers.Cancel("silence");
            else if (!Timers.IsTimerActive("silence"))
                Timers.StartPeriodicTimer("silence", new LookForSilence(), Patience);
        });
        Receive<LookForSilence>(_ => Tell(_assembly.Expire(Now)));
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
            // The serializer has said what is wrong with it.
        }
    }

    private void Tell(IReadOnlyList<PageAssembly.GivenUp> givenUp)
    {
        foreach (var (kind, reason) in givenUp)
            _log.Warning("A message in pages is lost, {0}: {1}", kind, reason.AsClause());
    }
}
