namespace ActorTrain.Sentences;

/// <summary>A node's name in messages to users.</summary>
internal static class NodeName
{
    /// <summary>Its address, with the number of its restarts if there were any.</summary>
    public static string Format(string node, int restarts) => restarts == 0 ? node : $"{node} (restart {restarts})";
}
