namespace ActorTrain.Protocol;

/// <summary>A worker's measurement of itself on the job's own model.</summary>
/// <param name="SamplesPerSecond">Its throughput; 0 where it could not be measured.</param>
/// <param name="MostSamples">Samples that its memory holds at once: the job's batch size, halved until it
/// fitted.</param>
internal sealed record Measurement(double SamplesPerSecond, int MostSamples);
