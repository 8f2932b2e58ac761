using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using ActorTrain.Supervision;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Sends clients in pages what grows with a job: its history with its progress, and its result.</summary>
/// <param name="client">The client that follows the job.</param>
/// <param name="history">The job's epochs and events.</param>
/// <param name="system">The actor system.</param>
/// <param name="self">The job's actor, which clients answer.</param>
internal sealed class JobClient(IActorRef client, JobHistory history, ActorSystem system, IActorRef self)
{
    // A coordinator that was frozen has missed its client's heartbeats. Within this time it learns that it was taken
    // out of the cluster; another may have the job, which must not be ended.
    private readonly TimeSpan _timeout =
        CoordinatorSideDowning.StableAfterOf(system.Settings.Config) + TimeSpan.FromSeconds(10);

    private int _received;

    /// <summary>Timer: the client is gone for good.</summary>
    public sealed record TimedOut;

    /// <summary>The client has ended, or its actor system seems to be gone.</summary>
    /// <param name="gone">The message that says so.</param>
    /// <param name="timers">The timers of the job's actor, which gets <see cref="TimedOut"/>.</param>
    /// <param name="end">Called at once where the client has ended.</param>
    public void Lost(Terminated gone, ITimerScheduler timers, Action end)
    {
        if (gone.AddressTerminated)
            timers.StartSingleTimer(nameof(TimedOut), new TimedOut(), _timeout);
        else
            end();
    }

    /// <param name="progress">How far the job is.</param>
    /// <param name="canMove">Whether another coordinator could adopt it.</param>
    public void Progressed(JobProgress progress, bool canMove)
    {
        history.Update(progress.CompletedEpochs, progress.Events);
        var withoutHistory = progress with { CompletedEpochs = [], Events = [] };
        client.TellInPages(
            system,
            new ClientProtocol.Progressed(withoutHistory, canMove, history.PageFrom(_received)),
            self
        );
    }

    /// <summary>The client has received entries of the history, and gets the next page.</summary>
    public void HistoryReceived(int first, IActorRef sender)
    {
        _received = first;
        if (_received < history.Count)
            sender.Tell(new ClientProtocol.HistoryContinued(history.PageFrom(_received)));
    }

    public void Finished(JobTrainingProtocol.Done done, Admission admission, ShardPlacementActor.Placed placed) =>
        client.TellInPages(
            system,
            new ClientProtocol.Finished(done.Report, admission.Model, placed.Places, placed.Buffers, done.IsCanceled),
            self
        );

    /// <summary>Another client asks where the weights are.</summary>
    public void LocateWeights(IActorRef requester, Admission admission, ShardPlacementActor.Placed placed) =>
        requester.TellInPages(
            system,
            new ClientProtocol.WeightsLocated(admission.Model, admission.DatasetSummary, placed.Places, placed.Buffers),
            self
        );
}
