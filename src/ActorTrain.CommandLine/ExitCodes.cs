namespace ActorTrain.CommandLine;

/// <summary>How a verb ended, for scripts and service managers. Every verb's help lists them.</summary>
internal static class ExitCodes
{
    /// <summary>Everything was done. A seed or a worker that is asked to end has finished.</summary>
    public const int Finished = 0;

    /// <summary>Something failed, a result cannot be trusted, or it is not at the requested path.</summary>
    public const int Failed = 1;

    /// <summary>Something that the user gave cannot be used.</summary>
    public const int WrongInput = 2;

    /// <summary>
    /// Canceled before it was done. One code for all signals, not 128 plus the signal's number: a shell reports that
    /// for a process that a signal killed, and this one has ended in order.
    /// </summary>
    public const int Canceled = 3;

    /// <summary>The table in the help.</summary>
    public static IReadOnlyList<string> Table { get; } =
    [
        $"{Finished}  finished; a seed or a worker: ended when it was asked to",
        $"{Failed}  failed, or a result that cannot be trusted or is not at the requested path",
        $"{WrongInput}  an input that cannot be used: an option, a file, an address",
        $"{Canceled}  canceled before the end, by Ctrl-C, SIGTERM, SIGHUP or the verb cancel; "
            + "the results so far are kept",
        "   train, attach: or left running, by Ctrl-C in a terminal or by SIGHUP",
    ];
}
