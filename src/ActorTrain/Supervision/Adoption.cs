namespace ActorTrain.Supervision;

/// <summary>A job whose coordinator was lost waits for the next one to adopt it.</summary>
internal static class Adoption
{
    /// <summary>
    /// How long its client, its servers and its workers do so: several times what it takes to agree that a node is
    /// lost, and to begin elsewhere.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
}
