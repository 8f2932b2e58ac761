using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Serialization;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Client and coordinator: submit a job, follow it, fetch its result, ask for the status.</summary>
public static class ClientProtocol
{
    /// <summary>
    /// What a client may ask of a job that trains: by way of the coordinator, or of the job itself. Answered with
    /// <see cref="Rejected"/> where it cannot be.
    /// </summary>
    public interface IJobRequest : IWireMessage;

    /// <summary>Client → any node: are you part of a cluster? Passed on to the coordinator. Node → coordinator, before
    /// it enrols. Answered by <see cref="Welcome"/>. This message and its answer stay as they are in every version.
    /// </summary>
    /// <param name="Version">The sender's version.</param>
    public sealed record Hello(string Version) : IWireMessage;

    /// <summary>Coordinator → client or node. Whoever is of another version goes no further, and says so.</summary>
    /// <param name="Coordinator">Where to send everything else.</param>
    /// <param name="Version">The coordinator's version.</param>
    public sealed record Welcome(IActorRef Coordinator, string Version) : IWireMessage;

    /// <summary>Client → coordinator. Answered by <see cref="Accepted"/> or <see cref="Rejected"/>.</summary>
    /// <param name="Job">What to train.</param>
    public sealed record Submit(JobOptions Job) : IWireMessage;

    /// <summary>Job → client: the job exists; it ends if the client goes away.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Accepted(string JobId) : IWireMessage;

    /// <summary>Job → client: try the lane from the servers, by which the weights are to come. Where it does not work,
    /// the client ends the job.</summary>
    /// <param name="Servers">The server nodes' actors.</param>
    public sealed record CheckLane(IActorRef[] Servers) : IWireMessage;

    /// <summary>Coordinator → client.</summary>
    /// <param name="Reason">Why the job was not taken, in one sentence.</param>
    public sealed record Rejected(string Reason) : IWireMessage;

    /// <summary>Job → client, once a second. Answered by <see cref="Follow"/>.</summary>
    /// <param name="Progress">The job at this moment, without its history.</param>
    /// <param name="CanMove">Whether another coordinator could go on with it if this one were lost.</param>
    /// <param name="History">What of the history the client has not, as much as a page holds.</param>
    public sealed record Progressed(JobProgress Progress, bool CanMove, HistoryPage History) : IWireMessage;

    /// <summary>Client → job: the history has arrived up to here. Answered by <see cref="Continued"/> where there is
    /// more.</summary>
    /// <param name="First">The number of the first entry that the client has not, from 0.</param>
    public sealed record Follow(int First) : IWireMessage;

    /// <summary>Job → client: more of the history. Answered by <see cref="Follow"/>.</summary>
    /// <param name="History">As much as a page holds.</param>
    public sealed record Continued(HistoryPage History) : IWireMessage;

    /// <summary>Another coordinator's job → client: I go on with your job.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Adopted(string JobId) : IWireMessage;

    /// <summary>Job → client: something happened to the cluster.</summary>
    /// <param name="Event">What, why, and what was done.</param>
    public sealed record Happened(SupervisionEvent Event) : IWireMessage;

    /// <summary>
    /// Client → coordinator → job: what is done about late gradients? Answered by <see cref="StalenessIs"/> or
    /// <see cref="Rejected"/>.
    /// </summary>
    public sealed record GetStaleness : IJobRequest;

    /// <summary>Job → client.</summary>
    /// <param name="Staleness">What is done about them now.</param>
    /// <param name="Optimizer">The job's optimizer, which another policy must fit.</param>
    public sealed record StalenessIs(StalenessOptions Staleness, OptimizerOptions Optimizer) : IWireMessage;

    /// <summary>
    /// Client → coordinator → job: judge late gradients so from now on. Answered by <see cref="StalenessIs"/> or
    /// <see cref="Rejected"/>.
    /// </summary>
    /// <param name="Staleness">What is to be done about them.</param>
    public sealed record Govern(StalenessOptions Staleness) : IJobRequest;

    /// <summary>
    /// Client → coordinator → job: how tightly do the workers march? Answered by <see cref="ConsistencyIs"/> or
    /// <see cref="Rejected"/>.
    /// </summary>
    public sealed record GetConsistency : IJobRequest;

    /// <summary>Job → client.</summary>
    /// <param name="Consistency">How they march now.</param>
    public sealed record ConsistencyIs(ConsistencyOptions Consistency) : IWireMessage;

    /// <summary>
    /// Client → coordinator → job: march so from now on. Answered by <see cref="ConsistencyIs"/> or
    /// <see cref="Rejected"/>.
    /// </summary>
    /// <param name="Consistency">How.</param>
    public sealed record March(ConsistencyOptions Consistency) : IJobRequest;

    /// <summary>
    /// Client → coordinator → job: hand out no more work until <see cref="Resume"/>. Answered by <see cref="PauseIs"/>
    /// or <see cref="Rejected"/>; safe to send again.
    /// </summary>
    public sealed record Pause : IJobRequest;

    /// <summary>
    /// Client → coordinator → job: go on. Answered by <see cref="PauseIs"/> or <see cref="Rejected"/>; safe to send
    /// again.
    /// </summary>
    public sealed record Resume : IJobRequest;

    /// <summary>Job → client.</summary>
    /// <param name="Paused">Whether the job is paused from now on.</param>
    public sealed record PauseIs(bool Paused) : IWireMessage;

    /// <summary>
    /// Client → job: where are the weights? Answered by <see cref="Located"/>, or by <see cref="Rejected"/> while there
    /// are none.
    /// </summary>
    public sealed record Locate : IWireMessage;

    /// <summary>Job → client.</summary>
    /// <param name="Model">The model's layouts.</param>
    /// <param name="Data">The data set, for the model's metadata.</param>
    /// <param name="Shards">Where the weights are.</param>
    /// <param name="ModelState">Where the model's state is; null for a model without any.</param>
    public sealed record Located(
        ModelDescription Model,
        DatasetSummary Data,
        ShardPlace[] Shards,
        IActorRef? ModelState
    ) : IWireMessage;

    /// <summary>
    /// Client → job: end now, in order. Answered by <see cref="Finished"/>, or <see cref="Failed"/> when there are no
    /// weights yet.
    /// </summary>
    public sealed record Stop : IWireMessage;

    /// <summary>Any client → coordinator → job: end now, in order. Answered by <see cref="Stopping"/> or
    /// <see cref="Rejected"/>; whoever submitted the job hears of its end. Safe to send again.</summary>
    public sealed record StopJob : IJobRequest;

    /// <summary>Job → any client: it ends.</summary>
    public sealed record Stopping : IWireMessage;

    /// <summary>Job → client: the weights can be pulled. Answered by <see cref="Fetched"/>.</summary>
    /// <param name="Report">What happened.</param>
    /// <param name="Model">The model's layouts.</param>
    /// <param name="Shards">Where the weights are.</param>
    /// <param name="ModelState">Where the model's state is; null for a model without any.</param>
    /// <param name="Stopped">Whether the job was stopped before its last epoch.</param>
    public sealed record Finished(
        TrainingReport Report,
        ModelDescription Model,
        ShardPlace[] Shards,
        IActorRef? ModelState,
        bool Stopped
    ) : IWireMessage;

    /// <summary>Job → client: the job has failed and there is no result.</summary>
    /// <param name="Reason">Why, in one sentence.</param>
    /// <param name="Trained">Whether it had begun to train: then it is no wrong setting that ended it.</param>
    /// <param name="Stopped">Whether it was stopped by request.</param>
    public sealed record Failed(string Reason, bool Trained, bool Stopped = false) : IWireMessage;

    /// <summary>Client → job: the weights are here, the shards may go.</summary>
    public sealed record Fetched : IWireMessage;

    /// <summary>Client → coordinator. Answered by <see cref="Status"/>.</summary>
    public sealed record GetStatus : IWireMessage;

    /// <summary>Coordinator → client.</summary>
    /// <param name="Cluster">The cluster at this moment.</param>
    public sealed record Status(ClusterStatus Cluster) : IWireMessage;
}
