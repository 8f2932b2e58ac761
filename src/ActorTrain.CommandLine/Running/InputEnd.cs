namespace ActorTrain.CommandLine.Running;

/// <summary>The end of standard input: for a child process, the end of its parent, for whatever reason.</summary>
internal static class InputEnd
{
    /// <summary>Completes when standard input has ended.</summary>
    public static Task Reached() =>
        Task.Factory.StartNew(
            () =>
            {
                using var input = Console.OpenStandardInput();
                var buffer = new byte[64];
                while (input.Read(buffer) > 0) { }
            },
            // A thread of its own: it blocks as long as the process runs.
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
}
