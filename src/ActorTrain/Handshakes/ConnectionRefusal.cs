namespace ActorTrain.Handshakes;

/// <summary>Why a connection was closed before its handshake was complete.</summary>
internal enum ConnectionRefusal
{
    /// <summary>The handshake took too long.</summary>
    Overdue,

    /// <summary>There were too many incomplete handshakes.</summary>
    Displaced,

    /// <summary>The handshake was wrong.</summary>
    Wrong,

    /// <summary>The system had no descriptor or thread for it.</summary>
    NoResources,
}
