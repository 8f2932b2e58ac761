namespace ActorTrain.CommandLine.Running;

/// <summary>The end of standard input: for a child, the end of its parent, however that came.</summary>
internal static class InputEnd
{
    /// <summary>Completes when standard input has ended.</summary>
    public static Task Reached() =>
        Task.Factory.StartNew(
            () =>
            {
                using var input = Console.OpenStandardInput();
                var nothing = new byte[64];
                while (input.Read(nothing) > 0) { }
            },
            // Its own thread: it waits for as long as the process lives.
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
}
