using System.Diagnostics;
using System.Reflection;
using ActorTrain.CommandLine.Logging;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// One worker process, a child. It ends when its standard input ends, so it never outlives this process.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>The option that ends a worker with its standard input.</summary>
    public const string EndWithInput = "--end-with-input";

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly ErrorLines _errors;

    private bool _isInLogEntry;

    private WorkerProcess(int number, string program, Process process, Action<string> note, Action<string> log)
    {
        (Number, _process, _errors) = (number, process, new ErrorLines(program));
        // Both streams must be read, or the child blocks when a pipe is full.
        process.OutputDataReceived += (_, line) =>
            HasJoined |= line.Data?.StartsWith(WorkerLoop.Joined, StringComparison.Ordinal) == true;
        process.ErrorDataReceived += (_, read) =>
        {
            var line = read.Data ?? "";
            if (line.StartsWith(NodeProgram.NotePrefix(program), StringComparison.Ordinal))
                note(line[(program.Length + 2)..]);
            else if (IsLog(line))
                log(LogLine.Begins(line) ? LogLine.AddWriter($"worker {number}", line) : line);
            else
                _errors.Add(line);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Ended = EndAsync(process);
    }

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>Whether it became a node of the cluster: then the job's events report its end too.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>Why it ended, in one line; null if it wrote nothing.</summary>
    public string? Error => _errors.Error;

    /// <summary>Completes with its exit code.</summary>
    public Task<int> Ended { get; }

    /// <summary>Starts one.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="note">Receives each note that it writes.</param>
    /// <param name="log">Receives each line of its log.</param>
    public static WorkerProcess Start(
        int number,
        string program,
        IReadOnlyList<string> arguments,
        Action<string> note,
        Action<string> log
    )
    {
        var (file, before) = ThisProgram();
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in before.Concat(arguments))
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        return new WorkerProcess(number, program, process, note, log);
    }

    /// <summary>Asks it to leave, and ends it by force when it does not.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await Ended.WaitAsync(EndTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Ended;
        }
    }

    public void Dispose() => _process.Dispose();

    // A trace follows its log entry; elsewhere it is what .NET prints of an unhandled exception.
    private bool IsLog(string line) =>
        _isInLogEntry = LogLine.Begins(line) || (_isInLogEntry && LogLine.Continues(line));

    private static async Task<int> EndAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>How this program is started: by its own executable, or by <c>dotnet program.dll</c>.</summary>
    private static (string File, string[] Before) ThisProgram()
    {
        var running = Environment.ProcessPath ?? "dotnet";
        // The installed tool's executable is not beside its assembly, so the running file counts.
        if (!Path.GetFileNameWithoutExtension(running).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            return (running, []);
        var assembly =
            Assembly.GetEntryAssembly()
            ?? throw new InvalidOperationException(
                "this process was not started from a .NET assembly, so it cannot start itself again"
            );
        return (running, [Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".dll")]);
    }
}
