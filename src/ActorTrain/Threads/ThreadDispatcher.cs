using Akka.Configuration;
using Akka.Dispatch;

namespace ActorTrain.Threads;

/// <summary>
/// A dispatcher with its own threads: one for each actor, or, with <c>shared = on</c>, one for all of its actors. The
/// thread waits without spinning. (Akka's pinned dispatcher spins for a while each time, on cores that engines could
/// use.)
/// </summary>
internal sealed class ThreadDispatcher : MessageDispatcherConfigurator
{
    private readonly MessageDispatcher? _shared;

    public ThreadDispatcher(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites)
    {
        if (config.GetBoolean("shared"))
            _shared = Create();
    }

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _shared ?? Create();

    private Dispatcher Create() =>
        new(
            this,
            Config.GetString("id"),
            Config.GetInt("throughput"),
            throughputDeadlineTime: null,
            new Factory(),
            Config.GetTimeSpan("shutdown-timeout")
        );

    private sealed class Factory : ExecutorServiceFactory
    {
        public override ExecutorService Produce(string id) => new SingleThread(id);
    }
}
