namespace ActorTrain.Cli.Simulating;

/// <summary>A row of the timeline table: the job's progress, or an event.</summary>
/// <param name="At">Time since the simulation began.</param>
/// <param name="Progress">Cells of the progress; empty for an event.</param>
/// <param name="Event">The event; empty for progress.</param>
internal sealed record TimelineRow(TimeSpan At, IReadOnlyList<string> Progress, string Event);
