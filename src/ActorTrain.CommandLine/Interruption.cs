using System.Runtime.InteropServices;

namespace ActorTrain.CommandLine;

/// <summary>
/// Ctrl-C, SIGTERM, and SIGHUP of a terminal that closes: the first signal requests an orderly end, the second ends the
/// process at once. A signal that the process was started to ignore, as by <c>nohup</c>, stays ignored.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    /// <param name="isChild">
    /// Whether this is a child process whose parent ends it. A terminal sends Ctrl-C and SIGHUP to both; the child
    /// ignores them.
    /// </param>
    public Interruption(bool isChild = false) =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Handle(signal, ignored: isChild)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Handle(signal, ignored: isChild)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Handle(signal, ignored: false)),
        ];

    /// <summary>Canceled when an end is requested.</summary>
    public CancellationToken Token => _requested.Token;

    /// <summary>Completes when an end is requested.</summary>
    public Task WhenRequested()
    {
        var requested = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _requested.Token.Register(requested.SetResult);
        return requested.Task;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _requested.Dispose();
    }

    private void Handle(PosixSignalContext signal, bool ignored)
    {
        signal.Cancel = true;
        if (ignored)
            return;
        if (Interlocked.Increment(ref _count) == 1)
            _requested.Cancel();
        // Environment.Exit would run shutdown hooks and wait for them.
        else
            ProcessEnd.Now(ExitCodes.Canceled);
    }
}
