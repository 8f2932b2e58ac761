// The runtime looks for this very class, in no namespace, in the assembly that DOTNET_STARTUP_HOOKS names.
#pragma warning disable CA1050

/// <summary>
/// Lets a test make the command fail where nothing of it can fail by its input: it does so as it is told.
/// </summary>
internal static class StartupHook
{
    /// <summary>An exception on a thread of its own.</summary>
    public const string Throw = "throw";

    /// <summary>A task that fails, and that nobody waits for.</summary>
    public const string Forget = "forget";

    public static void Initialize() => new Thread(Obey) { IsBackground = true }.Start();

    private static void Obey()
    {
        while (Console.ReadLine() is { } order)
        {
            if (order == Throw)
                throw new InvalidOperationException("the licence has expired.");
            if (order != Forget)
                continue;
            new Thread(() => Task.FromException(new InvalidOperationException("nobody looked."))).Start();
            // Found by the collector, which goes by when it likes.
            for (var i = 0; i < 20; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }
}
