using System.Runtime.CompilerServices;

namespace ActorTrain.Threads;

/// <summary>
/// The process's threads that compute, used again. A thread leaves memory behind that no other is sure to use: its
/// heap in the C library, what mathematical libraries keep for each thread that calls them. So a thread that has
/// finished waits for the next that is to run under the same name, and there are as many as ever ran at once.
/// </summary>
internal static class ReusedThreads
{
    private static readonly Lock Gate = new();

    // The one that finished last runs next: the others' memory need not be touched.
    private static readonly Dictionary<string, Stack<ReusedThread>> Idle = [];

    /// <summary>Runs something on a thread of its own.</summary>
    /// <param name="name">Name of the thread: what it is for.</param>
    /// <param name="work">What it runs; must not throw.</param>
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

    /// <summary>Threads of a name that have finished, and wait.</summary>
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

        // Alone in a method: what it ran may hold an engine, and a thread that waits keeps nothing alive.
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
