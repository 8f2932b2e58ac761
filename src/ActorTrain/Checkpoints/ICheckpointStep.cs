namespace ActorTrain.Checkpoints;

/// <summary>A message to a job's actor, or to its training, about a checkpoint that is under way.</summary>
internal interface ICheckpointStep;
