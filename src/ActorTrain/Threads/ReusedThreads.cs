using System.Runtime.CompilerServices;

namespace ActorTrain.Threads;

/// <summary>
/// Reuses the process's threads that compute. A thread leaves memory behind that others may not use: its heap in the C
/// library, and what mathematical libraries keep for each thread. So a thread that has finished waits for the next work
/// under its name, and there are never more threads than ran at once.
/// </summary>
internal static class ReusedThreads
{
    private static readonly Lock Gate = new();

    // The thread that finished last runs next: its memory is most likely in the cache.
    private static readonly Dictionary<string, Stack<ReusedThread>> Idle = [];

    /// <summary>Runs work on its own thread.</summary>
    /// <param name="name">Name of the thread: its purpose.</param>
    /// <param name="work">The work; must not throw.</param>
    public static void Run(string name, Action work)
    {
        ReusedThread? thread;
        lock (Gate)
        {
            if (Idle.TryGetValue(name, out var idle))
                idle.TryPop(out thread);
            else
                thread = null;
        }
        (thread ?? new ReusedThread(name)).Run(work);
    }

    /// <summary>The number of waiting threads of a name.</summary>
    public static int Waiting(string name)
    {
        lock (Gate)
            return Idle.TryGetValue(name, out var idle) ? idle.Count : 0;
    }

    private static void Finished(ReusedThread thread)
    {
        lock (Gate)
        {
            if (!Idle.TryGetValue(thread.Name, out var idle))
                Idle.Add(thread.Name, idle = []);
            idle.Push(thread);
        }
    }

    private sealed class ReusedThread
    {
        private readonly object _lock = new();
        private Action? _work;

        public ReusedThread(string name)
        {
            Name = name;
            new Thread(RunAll) { IsBackground = true, Name = name }.Start();
        }

        public string Name { get; }

        public void Run(Action work)
        {
            lock (_lock)
            {
                _work = work;
                Monitor.Pulse(_lock);
            }
        }

        private void RunAll()
        {
            while (true)
            {
                RunNext();
                Finished(this);
            }
        }

        // A separate method: the work may refer to an engine, which a waiting thread's locals must not keep alive.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void RunNext()
        {
            Action work;
            lock (_lock)
            {
                while (_work is null)
                    Monitor.Wait(_lock);
                (work, _work) = (_work, null);
            }
            work();
        }
    }
}
