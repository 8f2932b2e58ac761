using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace ActorTrain.Cli.Tests;

/// <summary>The command as a process, ended with the test at the latest.</summary>
internal sealed partial class CommandProcess : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    // What the tests' nodes keep is not the user's.
    private static readonly DirectoryInfo StateFolder = Directory.CreateTempSubdirectory("actortrain-state-");
    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _errorLines = Channel.CreateUnbounded<string>();
    private readonly List<string> _outputText = [];
    private readonly List<string> _errors = [];

    private CommandProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data, error: false);
        process.ErrorDataReceived += (_, line) => Add(line.Data, error: true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>
    /// Its error stream, without the lines that it waits for something, which a busy machine produces.
    /// </summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join(
                    '\n',
                    _errors.Where(line => !line.Contains(" warning: waiting for ", StringComparison.Ordinal))
                );
        }
    }

    /// <summary>Its output.</summary>
    public string Output
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _outputText);
        }
    }

    /// <summary>Its output and error stream, for a test's message.</summary>
    public string Everything => Output + "\n" + Errors;

    public static CommandProcess Start(params string[] arguments) => Launch("dotnet", [Command, .. arguments]);

    /// <summary>With environment variables of its own.</summary>
    public static CommandProcess StartWith(
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) => Launch("dotnet", [Command, .. arguments], environment);

    /// <summary>
    /// With a disk of its own at a folder, for this process alone: a file system in memory that ends with the process.
    /// </summary>
    public static CommandProcess StartWithDisk(
        string folder,
        string options,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) =>
        Launch(
            "unshare",
            [
                "--mount",
                "/bin/sh",
                "-c",
                $"mount -t tmpfs -o {options} none '{folder}' && exec dotnet \"$@\"",
                "sh",
                Command,
                .. arguments,
            ],
            environment
        );

    /// <summary>Ignores the end of its terminal, as with <c>nohup</c>.</summary>
    public static CommandProcess StartIgnoringHangup(params string[] arguments) =>
        Launch("/bin/sh", ["-c", "trap '' HUP; exec dotnet \"$@\"", "sh", Command, .. arguments]);

    /// <summary>With its standard output on a device.</summary>
    public static CommandProcess StartInto(string device, params string[] arguments) =>
        Launch("/bin/sh", ["-c", $"exec dotnet \"$@\" > {device}", "sh", Command, .. arguments]);

    /// <summary>In a network namespace: <c>ip netns exec</c> replaces itself with the command.</summary>
    public static CommandProcess StartIn(string network, params string[] arguments) =>
        Launch("ip", ["netns", "exec", network, "dotnet", Command, .. arguments]);

    /// <summary>With a limit on the size of its files, as on a full disk.</summary>
    public static CommandProcess StartWithSmallFiles(
        int bytes,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) =>
        // The runtime's own mapping of compiled code is a file too.
        Launch(
            "/bin/bash",
            [
                "-c",
                $"trap '' XFSZ; ulimit -f {bytes / 1024}; export DOTNET_EnableWriteXorExecute=0; exec dotnet \"$@\"",
                "bash",
                Command,
                .. arguments,
            ],
            environment
        );

    /// <summary>With a limit on its file descriptors, as with a small <c>ulimit -n</c>.</summary>
    public static CommandProcess StartWithFewDescriptors(int descriptors, params string[] arguments) =>
        Launch("/bin/bash", ["-c", $"ulimit -n {descriptors}; exec dotnet \"$@\"", "bash", Command, .. arguments]);

    private static string Command => Path.Combine(AppContext.BaseDirectory, "actortrain.dll");

    private static CommandProcess Launch(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        // If the test runner ignores signals (nohup, a background job), the command would inherit that.
        if (OperatingSystem.IsLinux())
            (file, arguments) = ("env", ["--default-signal=HUP,INT,QUIT,TERM", file, .. arguments]);
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["XDG_STATE_HOME"] = StateFolder.FullName;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new CommandProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the next line of output that contains a text.</summary>
    public Task<string> LineWith(string text) => NextWith(text, _output);

    /// <summary>Waits for the next line of the error stream that contains a text.</summary>
    public Task<string> ErrorWith(string text) => NextWith(text, _errorLines);

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCode()
    {
        await _process.WaitForExitAsync().WaitAsync(Timeout);
        return _process.ExitCode;
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Signal(2);

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Signal(15);

    /// <summary>SIGHUP: its terminal is closed.</summary>
    public void HangUp() => Signal(1);

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => SendSignal(_process.Id, signal).ShouldBe(0);

    /// <summary>Suspends it (SIGSTOP); it does not notice.</summary>
    public void Freeze() => Signal(19);

    /// <summary>Resumes it (SIGCONT).</summary>
    public void Thaw() => Signal(18);

    /// <summary>Ends it at once (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Writes a line to its standard input.</summary>
    public void Type(string line) => _process.StandardInput.WriteLine(line);

    private async Task<string> NextWith(string text, Channel<string> lines)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(timeout.Token))
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
        }
        catch (OperationCanceledException) { }
        throw new InvalidOperationException($"no line with '{text}' in:\n{Everything}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Add(string? line, bool error)
    {
        var lines = error ? _errorLines : _output;
        if (line is null)
        {
            lines.Writer.TryComplete();
            return;
        }
        lock (_errors)
            (error ? _errors : _outputText).Add(line);
        lines.Writer.TryWrite(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
