using ActorTrain.CommandLine.Logging;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// Exceptions that no code caught. One on a thread of its own always ends the process: with one line and an exit code,
/// in place of a trace and SIGABRT. One in an unobserved task ends nothing and is only reported; it does not change the
/// exit code, since it is found at an arbitrary time, when the garbage collector runs.
/// </summary>
internal sealed class UnhandledErrors : IDisposable
{
    private readonly FailureLines _lines;

    /// <summary>Handles them for this process, until it is disposed of.</summary>
    public UnhandledErrors(FailureLines lines)
    {
        _lines = lines;
        AppDomain.CurrentDomain.UnhandledException += EndProcess;
        TaskScheduler.UnobservedTaskException += Report;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= EndProcess;
        TaskScheduler.UnobservedTaskException -= Report;
    }

    /// <summary>Whether an exception of an unobserved task is not reported anywhere else.</summary>
    public static bool IsUnreported(Exception failure) =>
        failure
            // Exceptions for the user, and those of a requested end, are reported where they are caught.
            is not (
                ActorTrainException
                or OperationCanceledException
                or ObjectDisposedException
                or System.Net.Sockets.SocketException
            )
        && !ConnectionEnd.Matches(failure)
        && failure.GetType().Namespace?.StartsWith("DotNetty", StringComparison.Ordinal) != true;

    private void EndProcess(object sender, UnhandledExceptionEventArgs unhandled)
    {
        // Only libraries in other languages throw anything but an Exception.
        _lines.WriteUnexpected(unhandled.ExceptionObject as Exception ?? new InvalidOperationException("no exception"));
        ProcessEnd.Now(ExitCodes.Failed);
    }

    private void Report(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        unobserved.SetObserved();
        foreach (var failure in unobserved.Exception.Flatten().InnerExceptions.Where(IsUnreported))
            _lines.Write($"an unobserved task failed: {failure.AsNamedClause()}", failure);
    }
}
