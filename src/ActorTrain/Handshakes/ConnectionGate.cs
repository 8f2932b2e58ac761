using ActorTrain.Settings;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using DotNetty.Common.Concurrency;
using DotNetty.Transport.Channels;

namespace ActorTrain.Handshakes;

/// <summary>
/// The first handler of the control port's server channel. Sees each connection before Akka does, and closes those
/// without a valid first message.
/// </summary>
internal sealed class ConnectionGate : ChannelHandlerAdapter
{
    private readonly HandshakeGate<IChannel> _gate;
    private readonly int _bytes;
    private readonly bool _littleEndian;
    private readonly Func<TimeSpan> _clock;
    private TimeSpan? _sweepAt;

    private ConnectionGate(HandshakeOptions options, bool littleEndian, Func<TimeSpan> clock, ILoggingAdapter log)
    {
        (_bytes, _littleEndian, _clock) = (options.Bytes, littleEndian, clock);
        _gate = new HandshakeGate<IChannel>("The control port", options, Close, clock, log);
    }

    /// <summary>The gate of an actor system's control port.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="transport">The settings of Akka's transport.</param>
    public static ConnectionGate Create(ActorSystem system, Config transport) =>
        new(
            HandshakeOptions.From(SettingsReader.OfSystem(system.Settings.Config)),
            transport.GetString("byte-order") != "big-endian",
            () => system.Scheduler.MonotonicClock,
            Logging.GetLogger(system, typeof(ConnectionGate))
        );

    /// <inheritdoc/>
    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        if (message is IChannel connection)
        {
            _gate.Begin(connection, Origin.From(connection.RemoteAddress), Origin.NameOf(connection.RemoteAddress));
            connection.Pipeline.AddFirst(new FirstMessage(_gate, _bytes, _littleEndian));
            SweepLater(context.Executor);
        }
        context.FireChannelRead(message);
    }

    // One timer, for the next sweep. Only the server channel's own thread runs this.
    private void SweepLater(IEventExecutor executor)
    {
        if (executor.IsShuttingDown || _gate.NextSweep is not { } next || _sweepAt <= next)
            return;
        _sweepAt = next;
        var wait = next - _clock();
        executor.Schedule(() => Sweep(executor), wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private void Sweep(IEventExecutor executor)
    {
        _sweepAt = null;
        _gate.Sweep();
        SweepLater(executor);
    }

    // At once: Akka lets the other side close first, which holds the descriptor for another 2 s.
    private static void Close(IChannel connection)
    {
        // Before it has an event loop, no other handler uses it.
        if (connection.Registered)
            connection.CloseAsync();
        else
            connection.Unsafe.CloseForcibly();
    }
}
