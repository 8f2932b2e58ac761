using ActorTrain.Job;
using ActorTrain.Saving;

namespace ActorTrain.Hosting;

/// <summary>The result of a run.</summary>
/// <param name="Report">The report.</param>
/// <param name="Model">The weights.</param>
/// <param name="IsCanceled">Whether the run was canceled before the end of its last epoch.</param>
public sealed record TrainingResult(TrainingReport Report, TrainedModel Model, bool IsCanceled);
