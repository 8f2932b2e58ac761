using System.Runtime.InteropServices;

namespace ActorTrain.CommandLine;

/// <summary>
/// Ctrl-C, SIGTERM, and SIGHUP of a terminal that closes: the first one asks to end in order, the second one ends at
/// once. A signal that the process was started to ignore, as by <c>nohup</c>, stays ignored.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    /// <param name="ofAChild">
    /// Whether this is the child of a process that gets what a terminal sends to both, Ctrl-C and SIGHUP, and that will
    /// end its child in its own time.
    /// </param>
    public Interruption(bool ofAChild = false) =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Take(signal, ignored: ofAChild)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Take(signal, ignored: ofAChild)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Take(signal, ignored: false)),
        ];

    /// <summary>Cancelled when the end was asked for.</summary>
    public CancellationToken Token => _asked.Token;

    /// <summary>Completes when the end was asked for.</summary>
    public Task WhenAsked()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Token.Register(asked.SetResult);
        return asked.Task;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _asked.Dispose();
    }

    private void Take(PosixSignalContext signal, bool ignored)
    {
        signal.Cancel = true;
        if (ignored)
            return;
        if (Interlocked.Increment(ref _count) == 1)
            _asked.Cancel();
        // Not Environment.Exit, which would run shutdown hooks and wait for them.
        else
            ProcessEnd.Now(ExitCodes.Stopped);
    }
}
