using System.Threading.Channels;
using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>A job that runs: follow it, stop it, take its result.</summary>
public sealed class TrainingRun
{
    private readonly IActorRef _run;
    private readonly ChannelReader<JobProgress> _progress;

    internal TrainingRun(IActorRef run, ChannelReader<JobProgress> progress, Task<TrainingResult> completion) =>
        (_run, _progress, Completion) = (run, progress, completion);

    /// <summary>The run as it goes on, about once a second; ends with the run. Can be enumerated once.</summary>
    public IAsyncEnumerable<JobProgress> Progress => _progress.ReadAllAsync();

    /// <summary>Completes with the result when the run has completed or was stopped.</summary>
    /// <exception cref="ActorTrainException">(through the task) The run failed; the message says why.</exception>
    public Task<TrainingResult> Completion { get; }

    /// <summary>Asks the run to end now: pushes in flight are applied, and <see cref="Completion"/> brings what there is.</summary>
    public void Stop() => _run.Tell(new ClientProtocol.Stop());
}

/// <summary>What a run leaves behind.</summary>
/// <param name="Report">What happened.</param>
/// <param name="Model">The weights.</param>
/// <param name="Stopped">Whether the run was stopped before its last epoch.</param>
public sealed record TrainingResult(TrainingReport Report, TrainedModel Model, bool Stopped);

/// <summary>A model with its trained values.</summary>
/// <param name="Description">Name and layouts.</param>
/// <param name="Parameters">[<c>Description.Parameters.Length</c>] f32.</param>
/// <param name="State">[<c>Description.State.Length</c>] f32.</param>
public sealed record TrainedModel(ModelDescription Description, ReadOnlyMemory<float> Parameters, ReadOnlyMemory<float> State);
