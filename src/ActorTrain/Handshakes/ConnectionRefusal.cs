namespace ActorTrain.Handshakes;

/// <summary>Why a connection was closed that has not said who it is.</summary>
internal enum ConnectionRefusal
{
    /// <summary>It took too long.</summary>
    Overdue,

    /// <summary>Too many were at it at once.</summary>
    Displaced,

    /// <summary>It said something wrong.</summary>
    Wrong,

    /// <summary>The system could not give it what it needs: no more descriptors, no more threads.</summary>
    NoMeans,
}
