using ActorTrain.Consistency;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Serialization;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>Client and coordinator: submit a job, follow it, fetch its result, ask for the status.</summary>
internal static class ClientProtocol
{
    /// <summary>
    /// A request to a job that trains, sent to the coordinator or to the job itself. Answered by <see cref="Rejected"/>
    /// where it cannot be met.
    /// </summary>
    public interface IJobRequest : IWireMessage;

    /// <summary>A client that follows a job → job.</summary>
    public interface IFollowerMessage : IWireMessage;

    /// <summary>Client → any node, which forwards it to the coordinator: is there a cluster? Node → coordinator, before
    /// it enrols. Answered by <see cref="Welcome"/>. This message and its answer stay the same in every version.
    /// </summary>
    /// <param name="Version">The sender's version.</param>
    public sealed record Hello(string Version) : IWireMessage;

    /// <summary>Coordinator → client or node. A receiver of another version reports that and stops.</summary>
    /// <param name="Coordinator">Where to send everything else.</param>
    /// <param name="Version">The coordinator's version.</param>
    public sealed record Welcome(IActorRef Coordinator, string Version) : IWireMessage;

    /// <summary>Between two of <see cref="Follow"/>.</summary>
    public static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(2);

    /// <summary>Client → coordinator. Answered by <see cref="Accepted"/> or <see cref="Rejected"/>.</summary>
    /// <param name="Job">What to train.</param>
    /// <param name="Submitter">Who submits it, as user@machine.</param>
    public sealed record Submit(JobOptions Job, string Submitter = "") : IWireMessage;

    /// <summary>Client → coordinator: which job has written a checkpoint? Answered by <see cref="CheckpointFound"/> or
    /// <see cref="Rejected"/>.</summary>
    /// <param name="Resume">The checkpoint, as in <see cref="JobOptions.Resume"/>.</param>
    public sealed record GetCheckpoint(string Resume) : IWireMessage;

    /// <summary>Coordinator → client.</summary>
    /// <param name="Job">The options of the job, to go on from it.</param>
    public sealed record CheckpointFound(JobOptions Job) : IWireMessage;

    /// <summary>Job → client: the job exists. Answered by <see cref="Follow"/>: a client that is gone before it says
    /// that it knows of its job leaves none behind.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Job">Its options.</param>
    public sealed record Accepted(string JobId, JobOptions Job) : IWireMessage;

    /// <summary>
    /// Client → job, every <see cref="FollowInterval"/>, or through the coordinator where it does not know the job's
    /// actor. Answered by <see cref="Accepted"/> when it is new to the job; by <see cref="Finished"/> or
    /// <see cref="Failed"/> when the job has ended; by <see cref="Rejected"/> when there is no such job.
    /// </summary>
    /// <param name="JobId">The job.</param>
    /// <param name="IsFetching">Whether it has received <see cref="Finished"/>.</param>
    public sealed record Follow(string JobId, bool IsFetching = false) : IFollowerMessage;

    /// <summary>Client → job: it follows no more. The job goes on.</summary>
    public sealed record Unfollow : IFollowerMessage;

    /// <summary>Job → client: test the lane from the servers, which the weights will come by. Where it does not work,
    /// the client cancels the job.</summary>
    /// <param name="Servers">The server nodes' actors.</param>
    public sealed record CheckLane(IActorRef[] Servers) : IWireMessage;

    /// <summary>Coordinator → client.</summary>
    /// <param name="Reason">Why the job was not accepted, in one sentence.</param>
    /// <param name="Kind">The kind of reason.</param>
    public sealed record Rejected(string Reason, Rejection Kind = Rejection.Other) : IWireMessage;

    /// <summary>Kinds of <see cref="Rejected"/>.</summary>
    public enum Rejection
    {
        /// <summary>The request does not fit the job's phase, or there is no job.</summary>
        Other,

        /// <summary>Too many jobs wait on the cluster.</summary>
        Busy,

        /// <summary>An option of the job is invalid.</summary>
        Invalid,

        /// <summary>There is no job of this id.</summary>
        Unknown,

        /// <summary>The job has ended, and its result cannot be had.</summary>
        NoResult,
    }

    /// <summary>Job → client, once a second. Answered by <see cref="HistoryReceived"/>.</summary>
    /// <param name="Progress">The job at this moment, without its history.</param>
    /// <param name="CanMove">Whether another coordinator could go on with it, or say why not, if this one were
    /// lost.</param>
    /// <param name="History">Entries of the history that the client lacks, as many as fit a page.</param>
    /// <param name="Nodes">Some nodes of the cluster, <c>host:port</c>, by which the client can find the job
    /// again.</param>
    public sealed record Progressed(JobProgress Progress, bool CanMove, HistoryPage History, string[] Nodes)
        : IWireMessage;

    /// <summary>Client → job: the history has arrived up to here. Answered by <see cref="HistoryContinued"/> where
    /// there is more.</summary>
    /// <param name="First">The number of the first entry that the client lacks, from 0.</param>
    public sealed record HistoryReceived(int First) : IFollowerMessage;

    /// <summary>Job → client: more of the history. Answered by <see cref="HistoryReceived"/>.</summary>
    /// <param name="History">As many entries as fit a page.</param>
    public sealed record HistoryContinued(HistoryPage History) : IWireMessage;

    /// <summary>
    /// Job → client: it stops, and another job actor goes on with the job, which sends <see cref="Adopted"/>.
    /// </summary>
    public sealed record Moving : IWireMessage;

    /// <summary>Job of another coordinator → client: this coordinator has adopted the job.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Adopted(string JobId) : IWireMessage;

    /// <summary>Job → client: an event in the cluster.</summary>
    /// <param name="Event">The event, its reason, and the action.</param>
    public sealed record EventRaised(SupervisionEvent Event) : IWireMessage;

    /// <summary>
    /// Client → coordinator → job: what is the staleness policy? Answered by <see cref="CurrentStaleness"/> or
    /// <see cref="Rejected"/>.
    /// </summary>
    public sealed record GetStaleness : IJobRequest;

    /// <summary>Job → client.</summary>
    /// <param name="Staleness">The present staleness policy.</param>
    /// <param name="Optimizer">The job's optimizer, which another policy must fit.</param>
    public sealed record CurrentStaleness(StalenessOptions Staleness, OptimizerOptions Optimizer) : IWireMessage;

    /// <summary>
    /// Client → coordinator → job: use this staleness policy from now on. Answered by <see cref="CurrentStaleness"/> or
    /// <see cref="Rejected"/>.
    /// </summary>
    /// <param name="Staleness">The policy.</param>
    public sealed record SetStaleness(StalenessOptions Staleness) : IJobRequest;

    /// <summary>
    /// Client → coordinator → job: what is the consistency model? Answered by <see cref="CurrentConsistency"/> or
    /// <see cref="Rejected"/>.
    /// </summary>
    public sealed record GetConsistency : IJobRequest;

    /// <summary>Job → client.</summary>
    /// <param name="Consistency">The present consistency model.</param>
    public sealed record CurrentConsistency(ConsistencyOptions Consistency) : IWireMessage;

    /// <summary>
    /// Client → coordinator → job: use this consistency model from now on. Answered by <see cref="CurrentConsistency"/>
    /// or <see cref="Rejected"/>.
    /// </summary>
    /// <param name="Consistency">The consistency model.</param>
    public sealed record SetConsistency(ConsistencyOptions Consistency) : IJobRequest;

    /// <summary>
    /// Client → coordinator → job: grant no more leases until <see cref="Resume"/>. Answered by
    /// <see cref="PauseState"/> or <see cref="Rejected"/>; safe to send again.
    /// </summary>
    public sealed record Pause : IJobRequest;

    /// <summary>
    /// Client → coordinator → job: go on. Answered by <see cref="PauseState"/> or <see cref="Rejected"/>; safe to send
    /// again.
    /// </summary>
    public sealed record Resume : IJobRequest;

    /// <summary>Job → client.</summary>
    /// <param name="Paused">Whether the job is paused from now on.</param>
    public sealed record PauseState(bool Paused) : IWireMessage;

    /// <summary>
    /// Client → job: where are the weights? Answered by <see cref="WeightsLocated"/>, or by <see cref="Rejected"/>
    /// while there are none.
    /// </summary>
    public sealed record LocateWeights : IWireMessage;

    /// <summary>Job → client.</summary>
    /// <param name="Model">The model's layouts.</param>
    /// <param name="Data">The data set, for the model's metadata.</param>
    /// <param name="Shards">Where the weights are.</param>
    /// <param name="Buffers">Where the model's buffers are; null for a model without any.</param>
    public sealed record WeightsLocated(
        ModelDescription Model,
        DatasetSummary Data,
        ShardPlace[] Shards,
        IActorRef? Buffers
    ) : IWireMessage;

    /// <summary>
    /// Client → job: end early, in order. Answered by <see cref="Finished"/>, or <see cref="Failed"/> when there are no
    /// weights yet.
    /// </summary>
    public sealed record Cancel : IWireMessage;

    /// <summary>Any client → coordinator → job: end early, in order. Answered by <see cref="Canceling"/> or
    /// <see cref="Rejected"/>; the clients that follow the job get <see cref="Finished"/> or <see cref="Failed"/>. Safe
    /// to send again.</summary>
    /// <param name="JobId">The job; empty for the one that runs.</param>
    public sealed record CancelJob(string JobId = "") : IJobRequest;

    /// <summary>Job → any client: it ends.</summary>
    public sealed record Canceling : IWireMessage;

    /// <summary>Job → client: the weights can be pulled. Answered by <see cref="WeightsFetched"/>.</summary>
    /// <param name="Report">The report.</param>
    /// <param name="Model">The model's layouts.</param>
    /// <param name="Shards">Where the weights are.</param>
    /// <param name="Buffers">Where the model's buffers are; null for a model without any.</param>
    /// <param name="IsCanceled">Whether the job was canceled before its last epoch.</param>
    public sealed record Finished(
        TrainingReport Report,
        ModelDescription Model,
        ShardPlace[] Shards,
        IActorRef? Buffers,
        bool IsCanceled
    ) : IWireMessage;

    /// <summary>Job → client: the job has failed and there is no result.</summary>
    /// <param name="Reason">Why, in one sentence.</param>
    /// <param name="Trained">Whether it had begun to train: then the cause is no wrong setting.</param>
    /// <param name="IsCanceled">Whether it was canceled.</param>
    public sealed record Failed(string Reason, bool Trained, bool IsCanceled = false) : IWireMessage;

    /// <summary>Client → job: the weights have arrived, and the shards can be closed. Answered by
    /// <see cref="Closed"/>.</summary>
    public sealed record WeightsFetched : IWireMessage;

    /// <summary>Job → client: the job has ended on every node, and another may begin.</summary>
    public sealed record Closed : IWireMessage;

    /// <summary>Client → coordinator. Answered by <see cref="Jobs"/>.</summary>
    public sealed record GetJobs : IWireMessage;

    /// <summary>Coordinator → client.</summary>
    /// <param name="All">The job that runs, those that wait, and those that have ended, newest first.</param>
    public sealed record Jobs(JobSummary[] All) : IWireMessage;

    /// <summary>Client → coordinator. Answered by <see cref="Status"/>.</summary>
    public sealed record GetStatus : IWireMessage;

    /// <summary>Coordinator → client.</summary>
    /// <param name="Cluster">The cluster at this moment.</param>
    public sealed record Status(ClusterStatus Cluster) : IWireMessage;
}
