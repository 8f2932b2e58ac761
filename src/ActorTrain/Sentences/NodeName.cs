namespace ActorTrain.Sentences;

/// <summary>A node as people are told of it.</summary>
internal static class NodeName
{
    /// <summary>Its address, and which start of it is meant where there was another before.</summary>
    public static string Of(string node, int restarts) => restarts == 0 ? node : $"{node} (restart {restarts})";
}
