using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace ActorTrain.TestKit.Time;

/// <summary>Akka's scheduler on virtual time. What a node schedules runs on that node.</summary>
internal sealed class VirtualScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    private static readonly DateTimeOffset Beginning = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly World _world = World.Get(config);

    public override TimeSpan MonotonicClock => _world.Now;

    public override TimeSpan HighResMonotonicClock => _world.Now;

    protected override DateTimeOffset TimeNow => Beginning + _world.Now;

    protected override void InternalScheduleTellOnce(
        TimeSpan delay,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable cancelable
    ) => Schedule(delay, null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Schedule(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        Action action,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        IRunnable action,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable) =>
        _world.Time.Schedule(_world.Now + delay, new TimerEvent(_world, interval, action, cancelable));

    private sealed class TimerEvent(World world, TimeSpan? interval, Action action, ICancelable? cancelable)
        : SimulatedEvent(world.CurrentNode)
    {
        public override void Run()
        {
            if (cancelable?.IsCancellationRequested == true)
                return;
            action();
            if (interval is { } again)
                world.Time.Schedule(world.Now + again, new TimerEvent(world, again, action, cancelable));
        }
    }
}
