using ActorTrain.Hosting;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>The worker processes of <c>local</c>: children of this process that end with it.</summary>
internal sealed class WorkerProcesses : IAsyncDisposable
{
    private readonly List<WorkerProcess> _workers = [];
    private readonly HashSet<string> _notes = [];
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Terminal _terminal;
    private int _running;
    private volatile bool _ending;

    private WorkerProcesses(Terminal terminal) => _terminal = terminal;

    /// <summary>Starts workers that join a cluster.</summary>
    /// <param name="count">How many.</param>
    /// <param name="join">The cluster.</param>
    /// <param name="options">Further options of the verb <c>worker</c>.</param>
    /// <param name="logs">Where they log.</param>
    /// <param name="terminal">Is told of a worker that ended early while others go on.</param>
    public static WorkerProcesses Start(
        int count,
        HostPort join,
        IReadOnlyList<string> options,
        WorkerLogs logs,
        Terminal terminal
    )
    {
        var workers = new WorkerProcesses(terminal) { _running = count };
        for (var number = 1; number <= count; number++)
        {
            string[] arguments =
            [
                "worker",
                "--join",
                $"{join}",
                WorkerProcess.EndWithInput,
                .. options,
                .. logs.Options(number),
            ];
            var worker = WorkerProcess.Start(
                number,
                terminal.Program,
                arguments,
                workers.Repeat,
                terminal.Error.WriteLine
            );
            workers._workers.Add(worker);
            _ = workers.WatchAsync(worker);
        }
        return workers;
    }

    /// <summary>Faults when no run can come of it: a worker refuses what it was given, or all have ended.</summary>
    public Task Broken => _broken.Task;

    /// <summary>Lets all workers leave in order, and ends by force what does not.</summary>
    public async ValueTask DisposeAsync()
    {
        _ending = true;
        await Task.WhenAll(_workers.Select(worker => worker.EndAsync()));
        foreach (var worker in _workers)
            worker.Dispose();
        // Nobody may wait for it any longer; a fault that nobody saw is none.
        _broken.TrySetResult();
    }

    // All workers read the same data, and so write the same notes.
    private void Repeat(string note)
    {
        lock (_notes)
        {
            if (_notes.Add(note))
                _terminal.Complain(note);
        }
    }

    private async Task WatchAsync(WorkerProcess worker)
    {
        var exitCode = await worker.Ended;
        if (_ending)
            return;
        var early =
            $"worker {worker.Number} ended early with exit code "
            + $"{exitCode}{(worker.Error is { } error ? $": {error.AsClause()}" : "")}";
        if (exitCode == ExitCodes.WrongInput)
            _broken.TrySetException(new ActorTrainException(worker.Error ?? early));
        else if (Interlocked.Decrement(ref _running) == 0)
            _broken.TrySetException(new InvalidOperationException(early));
        // Of a node that is gone without a word the job's own event says all that is known.
        else if (worker.Error is not null || !worker.HasJoined)
            _terminal.Complain(early);
    }
}
