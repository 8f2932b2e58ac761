namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// The exceptions by which a connection ends within Akka.Remote, or does not begin to listen. What the end means (a
/// node is lost, unreachable, or has left) is told by who watches nodes, and a port that is taken by who starts the
/// node.
/// </summary>
internal static class ConnectionEnd
{
    // The library keeps the types to itself.
    private static readonly string[] Bases = ["Akka.Remote.EndpointException", "Akka.Remote.RemoteTransportException"];

    /// <summary>Whether this is one.</summary>
    public static bool Is(Exception? failure)
    {
        for (var type = failure?.GetType(); type is not null; type = type.BaseType)
            if (Bases.Contains(type.FullName))
                return true;
        return false;
    }
}
