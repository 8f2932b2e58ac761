namespace ActorTrain.Results;

/// <summary>Where a node keeps the results of jobs: section <c>actortrain.state</c>.</summary>
/// <param name="Folder">The folder, with a folder for each job.</param>
/// <param name="Age">The time after which a result is deleted.</param>
internal sealed record ResultOptions(string Folder, TimeSpan Age)
{
    /// <summary>The options; null where the node keeps no results.</summary>
    /// <param name="stateFolder">The node's state folder; null where it has none.</param>
    /// <param name="age">The time after which a result is deleted; zero where none is kept.</param>
    public static ResultOptions? Create(string? stateFolder, TimeSpan age) =>
        stateFolder is null || age == TimeSpan.Zero ? null : new(Path.Combine(stateFolder, "jobs"), age);
}
