namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// The exceptions by which a connection ends within Akka.Remote. What its end means (a node is lost, unreachable, or
/// has left) is told by who watches nodes.
/// </summary>
internal static class ConnectionEnd
{
    // The library keeps the type to itself.
    private const string Base = "Akka.Remote.EndpointException";

    /// <summary>Whether this is one.</summary>
    public static bool Is(Exception? failure)
    {
        for (var type = failure?.GetType(); type is not null; type = type.BaseType)
            if (type.FullName == Base) return true;
        return false;
    }
}
