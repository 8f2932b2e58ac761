using Akka.Dispatch;

namespace ActorTrain.Threads;

/// <summary>
/// Runs what it is given on one thread of its own, in order. It has the thread from the first on, until all that came
/// before <see cref="Shutdown"/> has run.
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
        while (Take() is { } run)
            run.Run();
    }

    private IRunnable? Take()
    {
        lock (_lock)
        {
            while (_queue.Count == 0 && !_ended)
                Monitor.Wait(_lock);
            return _queue.TryDequeue(out var run) ? run : null;
        }
    }
}
