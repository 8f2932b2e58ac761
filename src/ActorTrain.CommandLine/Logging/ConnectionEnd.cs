using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// The errors with which an Akka.Remote connection ends, or cannot listen. Their consequences are reported elsewhere: a
/// lost node by the actors that watch nodes, a port in use by the code that starts the node.
/// </summary>
internal static class ConnectionEnd
{
    // Without a cause it reports only that it ended abruptly, as it does when it could not listen.
    private const string Source = "remoting";

    // The types are internal to Akka.Remote.
    private static readonly string[] Bases = ["Akka.Remote.EndpointException", "Akka.Remote.RemoteTransportException"];

    /// <summary>Whether a log entry reports one of them.</summary>
    public static bool Matches(LogEvent entry) =>
        entry.Cause is { } cause ? Matches(cause) : entry.LogSource.StartsWith(Source, StringComparison.Ordinal);

    /// <summary>Whether an exception is one of them.</summary>
    public static bool Matches(Exception failure)
    {
        for (var type = failure.GetType(); type is not null; type = type.BaseType)
            if (Bases.Contains(type.FullName))
                return true;
        return false;
    }
}
