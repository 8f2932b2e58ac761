namespace ActorTrain.Protocol;

/// <summary>Who submitted a job, and when.</summary>
/// <param name="By">As user@machine.</param>
/// <param name="At">When it was accepted.</param>
internal sealed record JobSubmission(string By, DateTimeOffset At);
