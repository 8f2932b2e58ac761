namespace ActorTrain.Remedies;

/// <summary>A job whose coordinator was lost waits for the next one to adopt it.</summary>
internal static class Adoption
{
    /// <summary>
    /// How long its client, servers and workers wait: several times as long as the cluster takes to remove a lost node
    /// and to start the coordinator on another.
    /// </summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
}
