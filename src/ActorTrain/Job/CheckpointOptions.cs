namespace ActorTrain.Job;

/// <summary>Checkpoints of a job on disk: section <c>actortrain.job.checkpoint</c>.</summary>
public sealed record CheckpointOptions
{
    /// <summary>How often one is written.</summary>
    public CheckpointInterval Every { get; init; } = CheckpointInterval.Off;

    /// <summary>
    /// The folder on the coordinator's machine that holds them, of this job alone; empty: one for each job below the
    /// node's state folder.
    /// </summary>
    public string Folder { get; init; } = "";

    /// <summary>The newest that are kept, ≥ 1.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>Of each such interval one is kept for good.</summary>
    public CheckpointInterval KeepEvery { get; init; } = CheckpointInterval.Off;

    /// <summary>Whether the one with the best evaluation is kept as well.</summary>
    public BestCheckpoint Best { get; init; }
}

/// <summary>Which of several checkpoints is the best.</summary>
public enum BestCheckpoint
{
    /// <summary>None is kept for its evaluation.</summary>
    Off,

    /// <summary>The one with the highest accuracy on the test set.</summary>
    Accuracy,

    /// <summary>The one with the lowest loss on the test set.</summary>
    Loss,
}
