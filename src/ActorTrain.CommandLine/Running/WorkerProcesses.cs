using ActorTrain.Hosting;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>The worker processes of <c>local</c>: children of this process that end with it.</summary>
internal sealed class WorkerProcesses : IAsyncDisposable
{
    private readonly List<WorkerProcess> _workers = [];
    private readonly HashSet<string> _notes = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Terminal _terminal;
    private int _running;
    private volatile bool _ending;

    private WorkerProcesses(Terminal terminal) => _terminal = terminal;

    /// <summary>Starts workers that join a cluster.</summary>
    /// <param name="count">How many.</param>
    /// <param name="join">The cluster.</param>
    /// <param name="options">Further options of the verb <c>worker</c>.</param>
    /// <param name="logs">Where they log.</param>
    /// <param name="terminal">Receives the error of a worker that ended early while others go on.</param>
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
                workers.WriteNote,
                terminal.Error.WriteLine
            );
            workers._workers.Add(worker);
            _ = workers.WatchAsync(worker);
        }
        return workers;
    }

    /// <summary>Faults if the job cannot go on: a worker refuses its options, or all workers have ended.</summary>
    public Task Failure => _failure.Task;

    /// <summary>Lets all workers leave in order, and kills those that do not.</summary>
    public async ValueTask DisposeAsync()
    {
        _ending = true;
        await Task.WhenAll(_workers.Select(worker => worker.EndAsync()));
        foreach (var worker in _workers)
            worker.Dispose();
        // So that no code waits for it any longer.
        _failure.TrySetResult();
    }

    // All workers read the same data, and so write the same notes.
    private void WriteNote(string note)
    {
        lock (_notes)
        {
            if (_notes.Add(note))
                _terminal.WriteError(note);
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
            _failure.TrySetException(new ActorTrainException(worker.Error ?? early));
        else if (Interlocked.Decrement(ref _running) == 0)
            _failure.TrySetException(new InvalidOperationException(early));
        // For a node that ended without an error, the job's event says all that is known.
        else if (worker.Error is not null || !worker.HasJoined)
            _terminal.WriteError(early);
    }
}
