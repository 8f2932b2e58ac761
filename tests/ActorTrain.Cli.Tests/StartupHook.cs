// The runtime looks for a class of this name, in no namespace, in the assembly that DOTNET_STARTUP_HOOKS names.
#pragma warning disable CA1050

/// <summary>
/// Fails inside the command, on orders that a test writes to its standard input.
/// </summary>
internal static class StartupHook
{
    /// <summary>An exception on a thread of its own.</summary>
    public const string Throw = "throw";

    /// <summary>A task that fails and is never awaited.</summary>
    public const string Forget = "forget";

    public static void Initialize() => new Thread(ReadOrders) { IsBackground = true }.Start();

    private static void ReadOrders()
    {
        while (Console.ReadLine() is { } order)
        {
            if (order == Throw)
                throw new InvalidOperationException("the licence has expired.");
            if (order != Forget)
                continue;
            new Thread(() => Task.FromException(new InvalidOperationException("not awaited."))).Start();
            // The exception is reported when the garbage collector finds the task.
            for (var i = 0; i < 20; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }
}
