using System.Runtime.InteropServices;

namespace ActorTrain.Benchmarks.Measuring;

/// <summary>Signals to a process, by Linux's numbers.</summary>
internal enum Signal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>Sends signals.</summary>
internal static partial class Signals
{
    public static void Send(int process, Signal signal)
    {
        if (Kill(process, (int)signal) != 0)
            throw new InvalidOperationException(
                $"signal {signal} could not be sent to process {process}: error {Marshal.GetLastPInvokeError()}"
            );
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
