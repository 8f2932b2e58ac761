using System.Runtime.InteropServices;

namespace ActorTrain.CommandLine;

/// <summary>
/// Ctrl-C, SIGTERM, and SIGHUP of a terminal that closes: the first signal requests an orderly end, the second ends the
/// process at once. A verb that follows a job may leave it running: SIGHUP does, and Ctrl-C asks in a terminal. A
/// signal that the process was started to ignore, as by <c>nohup</c>, stays ignored.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const string Question =
        "Stop the job (s), or leave it running in the cluster (l)? Any other key goes on; Ctrl-C stops it.";

    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _left = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly bool _canLeave;
    private readonly Func<char>? _readKey;
    private int _count;
    private int _isAsking;

    /// <param name="isChild">
    /// Whether this is a child process whose parent ends it. A terminal sends Ctrl-C and SIGHUP to both; the child
    /// ignores them.
    /// </param>
    /// <param name="canLeave">Whether the verb follows a job that goes on without it.</param>
    /// <param name="readKey">Reads a key of a user who is asked; null where there is none.</param>
    public Interruption(bool isChild = false, bool canLeave = false, Func<char>? readKey = null)
    {
        (_canLeave, _readKey) = (canLeave, readKey);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Handle(signal, ignored: isChild)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Handle(signal, ignored: isChild)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Handle(signal, ignored: false)),
        ];
    }

    /// <summary>One of a verb that follows a job which goes on without it.</summary>
    public static Interruption OfFollower(Terminal terminal) =>
        new(
            canLeave: true,
            readKey: terminal.IsInteractive && terminal.IsProcessConsole && !Console.IsInputRedirected
                ? () => Console.ReadKey(intercept: true).KeyChar
                : null
        );

    /// <summary>Shows the question; null while there is nothing to stop or to leave.</summary>
    public Action<string>? Ask { get; set; }

    /// <summary>Canceled when an end is requested.</summary>
    public CancellationToken Token => _requested.Token;

    /// <summary>Completes when an end is requested.</summary>
    public Task WhenRequested() => WhenCanceled(_requested.Token);

    /// <summary>Completes when the job is to be left running.</summary>
    public Task WhenLeft() => WhenCanceled(_left.Token);

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _requested.Dispose();
        _left.Dispose();
    }

    private static Task WhenCanceled(CancellationToken token)
    {
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => canceled.TrySetResult());
        return canceled.Task;
    }

    private void Handle(PosixSignalContext signal, bool ignored)
    {
        signal.Cancel = true;
        if (ignored)
            return;
        if (_canLeave && Ask is not null && signal.Signal == PosixSignal.SIGHUP)
            _left.Cancel();
        else if (
            signal.Signal == PosixSignal.SIGINT
            && _readKey is not null
            && Ask is { } ask
            && !_requested.IsCancellationRequested
            && Interlocked.Exchange(ref _isAsking, 1) == 0
        )
        {
            ask(Question);
            var asking = new Thread(() => ReadAnswer(_readKey, ask)) { IsBackground = true };
            asking.Start();
        }
        else if (Interlocked.Increment(ref _count) == 1)
            _requested.Cancel();
        // Environment.Exit would run shutdown hooks and wait for them.
        else
            ProcessEnd.Now(ExitCodes.Canceled);
    }

    private void ReadAnswer(Func<char> readKey, Action<string> ask)
    {
        try
        {
            Answer(readKey(), ask);
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            // The terminal is closed, or the verb has ended while it asked.
        }
    }

    private void Answer(char key, Action<string> ask)
    {
        ask("");
        if (char.ToLowerInvariant(key) == 'l')
            _left.Cancel();
        else if (char.ToLowerInvariant(key) == 's')
        {
            Interlocked.Increment(ref _count);
            _requested.Cancel();
        }
        Interlocked.Exchange(ref _isAsking, 0);
    }
}
