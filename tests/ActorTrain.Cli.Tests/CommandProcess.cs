using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace ActorTrain.Cli.Tests;

/// <summary>The command as a process of its own, ended with the test at the latest.</summary>
internal sealed partial class CommandProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _complaints = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];
    private readonly List<string> _errors = [];

    private CommandProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data, error: false);
        process.ErrorDataReceived += (_, line) => Take(line.Data, error: true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>
    /// What it has written on its error stream, but that it waited for something, as it does on a busy machine.
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

    /// <summary>What it has written on its output.</summary>
    public string Output
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _seen);
        }
    }

    /// <summary>All that it has written, for a test's message.</summary>
    public string Everything => Output + "\n" + Errors;

    public static CommandProcess Start(params string[] arguments) => Of("dotnet", [Command, .. arguments]);

    /// <summary>With environment variables of its own.</summary>
    public static CommandProcess StartWith(
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) => Of("dotnet", [Command, .. arguments], environment);

    /// <summary>
    /// With a small disk at a folder, for this process alone: a file system in memory that goes with the process.
    /// </summary>
    public static CommandProcess StartWithSmallDisk(
        string folder,
        int kibibytes,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) =>
        Of(
            "unshare",
            [
                "--mount",
                "/bin/sh",
                "-c",
                $"mount -t tmpfs -o size={kibibytes}k none '{folder}' && exec dotnet \"$@\"",
                "sh",
                Command,
                .. arguments,
            ],
            environment
        );

    /// <summary>As <c>nohup</c> does: the end of its terminal is not its end.</summary>
    public static CommandProcess StartIgnoringHangup(params string[] arguments) =>
        Of("/bin/sh", ["-c", "trap '' HUP; exec dotnet \"$@\"", "sh", Command, .. arguments]);

    /// <summary>With its standard output on a device.</summary>
    public static CommandProcess StartInto(string device, params string[] arguments) =>
        Of("/bin/sh", ["-c", $"exec dotnet \"$@\" > {device}", "sh", Command, .. arguments]);

    /// <summary>In a network namespace: <c>ip netns exec</c> becomes the command, it is no parent of it.</summary>
    public static CommandProcess StartIn(string network, params string[] arguments) =>
        Of("ip", ["netns", "exec", network, "dotnet", Command, .. arguments]);

    /// <summary>With no file of its own larger than so many bytes, as on a disk that is full.</summary>
    public static CommandProcess StartWithSmallFiles(
        int bytes,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) =>
        // The runtime's own mapping of compiled code is a file, too.
        Of(
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

    /// <summary>With no more descriptors than so many, as where <c>ulimit -n</c> is small.</summary>
    public static CommandProcess StartWithFewDescriptors(int descriptors, params string[] arguments) =>
        Of("/bin/bash", ["-c", $"ulimit -n {descriptors}; exec dotnet \"$@\"", "bash", Command, .. arguments]);

    private static string Command => Path.Combine(AppContext.BaseDirectory, "actortrain.dll");

    private static CommandProcess Of(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        // Whoever runs the tests may ignore signals (nohup, a job in the background), and so would the command.
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
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new CommandProcess(Process.Start(start)!);
    }

    /// <summary>The next line of output that contains a text.</summary>
    public Task<string> LineWith(string text) => NextWith(text, _output);

    /// <summary>The next line of the error stream that contains a text.</summary>
    public Task<string> ErrorWith(string text) => NextWith(text, _complaints);

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCode()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Signal(2);

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Signal(15);

    /// <summary>SIGHUP: its terminal is closed.</summary>
    public void HangUp() => Signal(1);

    /// <summary>Any signal.</summary>
    public void Signal(int signal) => SendSignal(_process.Id, signal).ShouldBe(0);

    /// <summary>Stops it as it stands; it does not know.</summary>
    public void Freeze() => Signal(19);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal(18);

    /// <summary>The end without a chance to do anything.</summary>
    public void Kill() => _process.Kill();

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>A line for its standard input.</summary>
    public void Type(string line) => _process.StandardInput.WriteLine(line);

    private async Task<string> NextWith(string text, Channel<string> lines)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(patience.Token))
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

    private void Take(string? line, bool error)
    {
        var lines = error ? _complaints : _output;
        if (line is null)
        {
            lines.Writer.TryComplete();
            return;
        }
        lock (_errors)
            (error ? _errors : _seen).Add(line);
        lines.Writer.TryWrite(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
