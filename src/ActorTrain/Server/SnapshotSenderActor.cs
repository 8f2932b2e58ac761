using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>
/// Sends snapshots to a standby, a chunk at a time. After each it pauses, so that chunks are on their way for a small
/// share of the time: a gradient waits behind one chunk at most, and a large shard is copied less often.
/// </summary>
internal sealed class SnapshotSenderActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan SendAgainAfter = TimeSpan.FromSeconds(5);

    // The resolution of the scheduler's timers.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);

    private readonly int _shard;
    private readonly ITensorLane _lane;
    private readonly bool _isOnce;
    private Send? _sending;
    private StandbyProtocol.Copied? _copied;
    private long _floats;
    private TimeSpan _sentAt;
    private TimeSpan _roundTrip;
    private TimeSpan _owed;
    private TimeSpan _pausedAt;

    /// <summary>Shard or buffers → its sender, in the process: send this, in place of what is being sent.</summary>
    /// <param name="Copy">The request.</param>
    /// <param name="Job">The actor that requested it.</param>
    /// <param name="Snapshot">The snapshot; the sender releases it.</param>
    public sealed record Send(StandbyProtocol.Copy Copy, IActorRef Job, Snapshot Snapshot)
    {
        /// <summary>The number of the snapshot's shard, or <see cref="StandbyProtocol.Buffers"/>.</summary>
        public int Shard => Snapshot.Record.Shard?.Counts.Shard ?? StandbyProtocol.Buffers;
    }

    /// <summary>Shard or buffers → its sender, from the job: the request has come again, since the answer may be
    /// lost.</summary>
    public sealed record AnswerAgain(long Number);

    private sealed record Next;

    private sealed record SendAgain;

    /// <param name="shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="lane">The tensor lane.</param>
    /// <param name="isOnce">Whether it stops when the snapshot has arrived, or receiver or job are gone.</param>
    public static Props Props(int shard, ITensorLane lane, bool isOnce = false) =>
        Akka.Actor.Props.Create(() => new SnapshotSenderActor(shard, lane, isOnce));

    public SnapshotSenderActor(int shard, ITensorLane lane, bool isOnce)
    {
        (_shard, _lane, _isOnce) = (shard, lane, isOnce);
        Receive<Send>(send =>
        {
            End();
            (_sending, _floats, _owed) = (send, StandbyProtocol.Unknown, TimeSpan.Zero);
            if (_isOnce)
                WatchEnds(send);
            if (send.Copy.Standby is null)
                Complete(send);
            else
                SendNext();
        });
        Receive<AnswerAgain>(again =>
        {
            if (_copied?.Number == again.Number)
                Sender.TellInPages(Context.System, _copied, Self);
        });
        Receive<StandbyProtocol.Received>(Continue);
        Receive<Terminated>(_ => Context.Stop(Self));
        Receive<Next>(_ => EndPause());
        Receive<SendAgain>(_ => SendNext());
    }

    /// <summary>Sends a snapshot of a shard or of buffers for a checkpoint, and says that it is taken.</summary>
    /// <param name="copy">The request.</param>
    /// <param name="shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="lane">The tensor lane.</param>
    /// <param name="parent">The actor that has the request.</param>
    public static void SendNow(
        StandbyProtocol.CopyNow copy,
        int shard,
        Snapshot snapshot,
        ITensorLane lane,
        IActorContext parent
    )
    {
        parent.Sender.Tell(new StandbyProtocol.Taken(shard, copy.Number));
        parent.ActorOf(Props(shard, lane, isOnce: true)).Tell(new Send(copy.ToCopy(), parent.Sender, snapshot));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PostStop() => End();

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private static void WatchEnds(Send send)
    {
        Context.Watch(send.Job);
        if (send.Copy.Standby is { } receiver)
            Context.Watch(receiver);
    }

    private void Continue(StandbyProtocol.Received received)
    {
        if (_sending is not { } sending || received.Number != sending.Copy.Number)
            return;
        var (isUnknown, isFirst) = (received.Floats == StandbyProtocol.Unknown, _floats == StandbyProtocol.Unknown);
        // An answer to what was sent twice.
        if (received.Floats <= _floats && !isUnknown)
            return;
        var took = Now - _sentAt;
        if (isFirst)
            _roundTrip = took;
        _floats = received.Floats;
        Timers.Cancel(nameof(SendAgain));
        if (_floats == sending.Snapshot.Floats)
            Complete(sending);
        else if (isFirst && !isUnknown)
            SendNext();
        else
            Pause(took, sending.Copy.Share);
    }

    private void Complete(Send send)
    {
        var (copy, counts) = (send.Copy, send.Snapshot.Record.Shard?.Counts);
        _copied = new StandbyProtocol.Copied(
            _shard,
            copy.Number,
            copy.Standby,
            counts?.CompleteEpochs ?? 0,
            counts?.Applied ?? []
        );
        send.Job.TellInPages(Context.System, _copied, Self);
        End();
        if (_isOnce)
            Context.Stop(Self);
    }

    // The round trip of a small message keeps the link free.
    private void Pause(TimeSpan took, double share)
    {
        _roundTrip = took < _roundTrip ? took : _roundTrip;
        _owed += (took - _roundTrip) * (1 / share - 1);
        if (_owed < ShortestPause)
            SendNext();
        else
            Timers.StartSingleTimer(nameof(Next), new Next(), _owed);
        _pausedAt = Now;
    }

    private void EndPause()
    {
        // Below zero where it was longer, but not by the time in which the process was frozen.
        _owed -= Now - _pausedAt;
        _owed = _owed < -ShortestPause ? -ShortestPause : _owed;
        SendNext();
    }

    private void SendNext()
    {
        if (_sending is not var (copy, _, snapshot))
            return;
        _sentAt = Now;
        Timers.StartSingleTimer(nameof(SendAgain), new SendAgain(), SendAgainAfter);
        if (_floats == StandbyProtocol.Unknown)
            copy.Standby!.TellInPages(
                Context.System,
                new StandbyProtocol.Begin(copy.Number, snapshot.Record, copy.Before),
                Self
            );
        else
            _lane.Tell(copy.Standby!, new StandbyProtocol.Chunk(copy.Number, _floats, snapshot.ChunkAt(_floats)), Self);
    }

    private void End()
    {
        Timers.CancelAll();
        _sending?.Snapshot.Release();
        _sending = null;
    }
}
