using Akka.Dispatch;

namespace ActorTrain.Threads;

/// <summary>
/// Runs its work in order on one thread, which it has from the first work item until all items before
/// <see cref="Shutdown"/> have run.
/// </summary>
internal sealed class SingleThread(string id) : ExecutorService(id)
{
    private readonly object _lock = new();
    private readonly Queue<IRunnable> _queue = [];
    private bool _started;
    private bool _ended;

    public override void Execute(IRunnable run)
    {
        lock (_lock)
        {
            if (_ended)
                throw new RejectedExecutionException($"The thread of {Id} has ended");
            if (!_started)
                ReusedThreads.Run(Id, Run);
            _started = true;
            _queue.Enqueue(run);
            Monitor.Pulse(_lock);
        }
    }

    public override void Shutdown()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.Pulse(_lock);
        }
    }

    private void Run()
    {
        while (Next() is { } run)
            run.Run();
    }

    private IRunnable? Next()
    {
        lock (_lock)
        {
            while (_queue.Count == 0 && !_ended)
                Monitor.Wait(_lock);
            return _queue.TryDequeue(out var run) ? run : null;
        }
    }
}
