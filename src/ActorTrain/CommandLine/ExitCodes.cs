namespace ActorTrain.CommandLine;

/// <summary>How a verb ends, for scripts and service managers. Every verb's help shows them.</summary>
internal static class ExitCodes
{
    /// <summary>All was done. A seed or a worker that was told to end has done all that it was to do.</summary>
    public const int Finished = 0;

    /// <summary>Something failed, a result cannot be trusted, or it is not where it was asked for.</summary>
    public const int Failed = 1;

    /// <summary>Something that the user gave cannot be used.</summary>
    public const int WrongInput = 2;

    /// <summary>
    /// The user ended it before it was done, by a signal. One code for all signals, and not 128 and the signal's
    /// number: that is what a shell shows of a process that a signal killed, and this one has ended in order.
    /// </summary>
    public const int Stopped = 3;

    /// <summary>The table of the help.</summary>
    public static IReadOnlyList<string> Table { get; } =
    [
        $"{Finished}  finished; a seed or a worker: ended when it was told to",
        $"{Failed}  failed, or a result that cannot be trusted or is not where it was asked for",
        $"{WrongInput}  something that was given cannot be used: an option, a file, an address",
        $"{Stopped}  stopped before the end, by Ctrl-C, SIGTERM or SIGHUP; the results so far are kept",
    ];
}
