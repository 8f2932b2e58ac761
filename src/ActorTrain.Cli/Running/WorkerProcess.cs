using System.Diagnostics;

namespace ActorTrain.Cli.Running;

/// <summary>One child process that works. It ends when its standard input does: so it outlives this process in no case.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>The option by which a worker ends with its input.</summary>
    public const string EndWithInput = "--end-with-input";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process _process;

    private WorkerProcess(int number, Process process)
    {
        (Number, _process) = (number, process);
        // Both streams must be read, or the child stops where a pipe is full.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => LastError = string.IsNullOrWhiteSpace(line.Data) ? LastError : WithoutName(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Ended = EndAsync(process);
    }

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>The last line it wrote about an error.</summary>
    public string? LastError { get; private set; }

    /// <summary>Completes with its exit code.</summary>
    public Task<int> Ended { get; }

    public static WorkerProcess Start(int number, IReadOnlyList<string> arguments)
    {
        var (file, before) = ThisCommand();
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in before.Concat(arguments)) start.ArgumentList.Add(argument);
        return new WorkerProcess(number, Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start"));
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

    private static async Task<int> EndAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>How this very command is started: by its own executable, or by <c>dotnet actortrain.dll</c>.</summary>
    private static (string File, string[] Before) ThisCommand()
    {
        var assembly = typeof(WorkerProcess).Assembly;
        var own = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        if (File.Exists(own)) return (own, []);
        return (Environment.ProcessPath ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".dll")]);
    }

    private static string WithoutName(string line) => line.StartsWith("actortrain: ", StringComparison.Ordinal) ? line["actortrain: ".Length..] : line;
}
