using ActorTrain.CommandLine.Logging;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// What nobody caught. An exception on a thread of its own ends the process whatever is done about it: with one line
/// and an exit code, in place of a page of trace and SIGABRT. One in a task that nobody waited for ends nothing, and is
/// told; it has no part in the exit code, as it is found whenever the collector comes by.
/// </summary>
internal sealed class LastResort : IDisposable
{
    private readonly FailureLines _lines;

    /// <summary>Takes them for this process, until it is disposed of.</summary>
    public LastResort(FailureLines lines)
    {
        _lines = lines;
        AppDomain.CurrentDomain.UnhandledException += End;
        TaskScheduler.UnobservedTaskException += Tell;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= End;
        TaskScheduler.UnobservedTaskException -= Tell;
    }

    /// <summary>Whether an exception that nobody waited for says something that is said nowhere else.</summary>
    public static bool IsNews(Exception failure) =>
        failure
            // Those with a sentence for the user, and those of an end that was asked for, are told by whoever ended it.
            is not (
                ActorTrainException
                or OperationCanceledException
                or ObjectDisposedException
                or System.Net.Sockets.SocketException
            )
        && !ConnectionEnd.Is(failure)
        && failure.GetType().Namespace?.StartsWith("DotNetty", StringComparison.Ordinal) != true;

    private void End(object sender, UnhandledExceptionEventArgs unhandled)
    {
        // C# throws nothing else; a library in another language may.
        _lines.Unexpected(unhandled.ExceptionObject as Exception ?? new InvalidOperationException("no exception"));
        ProcessEnd.Now(ExitCodes.Failed);
    }

    private void Tell(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        unobserved.SetObserved();
        foreach (var failure in unobserved.Exception.Flatten().InnerExceptions.Where(IsNews))
            _lines.Tell($"a task that nobody waited for failed: {failure.AsNamedClause()}", failure);
    }
}
