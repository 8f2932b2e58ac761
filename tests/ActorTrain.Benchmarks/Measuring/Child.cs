using System.Diagnostics;
using ActorTrain.Cli;

namespace ActorTrain.Benchmarks.Measuring;

/// <summary>
/// A process that a benchmark exchanges lines with. It ends when its input ends, and is killed with this object at the
/// latest.
/// </summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private string _lastError = "";

    private Child(ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        _process.ErrorDataReceived += (_, line) =>
            _lastError = string.IsNullOrWhiteSpace(line.Data) ? _lastError : line.Data;
        _process.BeginErrorReadLine();
    }

    /// <summary>Its process ID.</summary>
    public int Id => _process.Id;

    /// <summary>Seconds of processor time so far.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts this program with other arguments.</summary>
    public static Child StartThisProgram(params string[] arguments) => Start(FileOf(typeof(Child)), arguments);

    /// <summary>Starts the command <c>actortrain</c> that was built with this program.</summary>
    public static Child StartCommand(params string[] arguments) => Start(FileOf(typeof(CatalogueProgram)), arguments);

    public static Child Start(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(file);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new Child(start);
    }

    /// <summary>Sends it a signal, unless it has ended.</summary>
    public void Send(Signal signal)
    {
        if (!_process.HasExited)
            Signals.Send(_process.Id, signal);
    }

    public void WriteLine(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>The next line that it writes.</summary>
    public string ReadLine() =>
        _process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException(
            $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} ended early: "
                + $"{_lastError}"
        );

    /// <summary>Discards its output, so that it never waits for a reader.</summary>
    /// <returns>Completes with its last error line when it has ended.</returns>
    public async Task<string> DiscardOutput()
    {
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await _process.WaitForExitAsync();
        return $"{_process.StartInfo.FileName} ended early: {_lastError}";
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(ExitTimeout))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string FileOf(Type type) =>
        Path.Combine(
            AppContext.BaseDirectory,
            type.Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : "")
        );
}
