using System.Runtime.CompilerServices;
using ActorTrain.Threads;

namespace ActorTrain.Tests.Threads;

public sealed class ReusedThreadsTests
{
    private readonly string _name = $"reused {Guid.NewGuid():n}";

    [Fact]
    public void A_finished_thread_runs_the_next_work_of_its_name()
    {
        var first = Run(() => Environment.CurrentManagedThreadId);
        for (var i = 0; i < 10; i++)
            Run(() => Environment.CurrentManagedThreadId).ShouldBe(first);
        ReusedThreads.Waiting(_name).ShouldBe(1);
    }

    [Fact]
    public void Concurrent_work_has_its_own_threads_which_are_reused()
    {
        for (var round = 0; round < 5; round++)
        {
            using var both = new Barrier(2);
            // Each waits for the other: on one thread both would wait for ever.
            for (var i = 0; i < 2; i++)
                ReusedThreads.Run(_name, () => both.SignalAndWait(Patience));
            AwaitWaiting(2);
        }
    }

    [Fact]
    public void A_thread_runs_no_work_of_another_name()
    {
        var thread = Run(() => Environment.CurrentManagedThreadId);
        var other = 0;
        using var ended = new ManualResetEventSlim();
        ReusedThreads.Run(
            _name + "'",
            () =>
            {
                other = Environment.CurrentManagedThreadId;
                ended.Set();
            }
        );
        ended.Wait(Patience).ShouldBeTrue();
        other.ShouldNotBe(thread);
    }

    [Fact]
    public void A_waiting_thread_does_not_keep_its_last_work_alive()
    {
        var held = RunWithSomethingLarge();
        GC.Collect();
        held.TryGetTarget(out _).ShouldBeFalse();
    }

    // A separate method: the test's locals would keep it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference<byte[]> RunWithSomethingLarge()
    {
        var large = new byte[1 << 20];
        Run(() => large.Length).ShouldBe(1 << 20);
        return new WeakReference<byte[]>(large);
    }

    private int Run(Func<int> work)
    {
        var result = 0;
        ReusedThreads.Run(_name, () => result = work());
        AwaitWaiting(1);
        return result;
    }

    private void AwaitWaiting(int threads) =>
        SpinWait.SpinUntil(() => ReusedThreads.Waiting(_name) == threads, Patience).ShouldBeTrue();
}
