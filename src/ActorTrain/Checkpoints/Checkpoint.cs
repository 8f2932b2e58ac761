namespace ActorTrain.Checkpoints;

/// <summary>A checkpoint in memory.</summary>
/// <param name="Manifest">All of it but the tensors.</param>
/// <param name="State">The shards' state.</param>
/// <param name="Buffers">The workers' reports of the model's buffers, each [buffers] f32.</param>
internal sealed record Checkpoint(CheckpointManifest Manifest, CheckpointState State, IReadOnlyList<float[]> Buffers);
