using System.Diagnostics;
using System.Reflection;
using ActorTrain.CommandLine.Logging;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// One child process that works. It ends when its standard input does: so it outlives this process in no case.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>The option by which a worker ends with its input.</summary>
    public const string EndWithInput = "--end-with-input";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly ErrorLines _errors;

    private bool _inLog;

    private WorkerProcess(int number, string program, Process process, Action<string> note, Action<string> log)
    {
        (Number, _process, _errors) = (number, process, new ErrorLines(program));
        // Both streams must be read, or the child stops where a pipe is full.
        process.OutputDataReceived += (_, line) =>
            HasJoined |= line.Data?.StartsWith(WorkerLife.Joined, StringComparison.Ordinal) == true;
        process.ErrorDataReceived += (_, read) =>
        {
            var line = read.Data ?? "";
            if (line.StartsWith(NodeProgram.NotePrefix(program), StringComparison.Ordinal))
                note(line[(program.Length + 2)..]);
            else if (IsOfLog(line))
                log(LogLine.Begins(line) ? LogLine.By($"worker {number}", line) : line);
            else
                _errors.Take(line);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Ended = EndAsync(process);
    }

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>Whether it became a node of the cluster: then the job's events tell of its end, too.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>What it wrote about its end, in one line; null where it wrote nothing.</summary>
    public string? Error => _errors.Error;

    /// <summary>Completes with its exit code.</summary>
    public Task<int> Ended { get; }

    /// <summary>Starts one.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="note">Is given each note that it writes.</param>
    /// <param name="log">Is given each line of its log that it writes.</param>
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
            await Ended.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Ended;
        }
    }

    public void Dispose() => _process.Dispose();

    // A trace follows its entry; lines like it elsewhere are what .NET says of an exception that nobody caught.
    private bool IsOfLog(string line) => _inLog = LogLine.Begins(line) || (_inLog && LogLine.GoesOn(line));

    private static async Task<int> EndAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>How this very program is started: by its own executable, or by <c>dotnet program.dll</c>.</summary>
    private static (string File, string[] Before) ThisProgram()
    {
        var running = Environment.ProcessPath ?? "dotnet";
        // The installed tool's executable lies elsewhere than its assembly, so what is running is asked, and not what
        // lies where.
        if (!Path.GetFileNameWithoutExtension(running).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            return (running, []);
        var assembly =
            Assembly.GetEntryAssembly()
            ?? throw new InvalidOperationException(
                "this process was started by no program of .NET, and so cannot start itself again"
            );
        return (running, [Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".dll")]);
    }
}
