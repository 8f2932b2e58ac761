using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// The jobs of a cluster: one trains, others wait for their turn. Accepts jobs of clients, takes over those of another
/// coordinator, and goes on with those that were interrupted.
/// </summary>
internal sealed class ClusterJobs
{
    private readonly JobList _list;
    private readonly JobQueue _queue;
    private readonly JobRequests _requests;
    private readonly PendingJobs _pending;
    private readonly CoordinatorContext _context;
    private readonly EnrolledNodes _nodes;
    private readonly IActorContext _coordinator;
    private readonly ILoggingAdapter _log;
    private readonly AwaitedNodes _awaited;
    private int _begun;
    private readonly JobPreparations _preparations;
    private IActorRef? _job;

    /// <param name="context">What the coordinator's node has given it.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="coordinator">The coordinator, whose children the jobs' actors are.</param>
    public ClusterJobs(CoordinatorContext context, EnrolledNodes nodes, IActorContext coordinator)
    {
        (_context, _nodes, _coordinator, _list) = (context, nodes, coordinator, new JobList());
        _log = coordinator.GetLogger();
        _preparations = new JobPreparations(nodes, context, coordinator);
        _pending = new PendingJobs(nodes, coordinator.System, coordinator.Self);
        _queue = new JobQueue(context, _list, coordinator);
        _requests = new JobRequests(_list, _queue, _pending, nodes, coordinator.Self);
        _awaited = new AwaitedNodes(() => coordinator.System.Scheduler.MonotonicClock);
    }

    /// <summary>The progress of the job that trains, or of the last one.</summary>
    public JobProgress? Progress { get; private set; }

    /// <summary>All jobs: the one that trains, those that wait, and those that have ended.</summary>
    public IEnumerable<JobSummary> All => _list.All(_queue.Summaries);

    private bool IsFree => _job is null && _preparations.Next is null && _awaited.AreOver;

    /// <summary>No job begins before the members of the cluster have told which jobs they know.</summary>
    public void Await(IEnumerable<string> members) => _awaited.Await(members);

    /// <summary>Tells the job that trains.</summary>
    public void Tell(object message) => _job?.Tell(message, _coordinator.Self);

    /// <summary>A node is lost.</summary>
    public void Lose(NodeProtocol.NodeLost lost)
    {
        Tell(lost);
        _awaited.Lost(lost.Node);
        BeginNext();
    }

    /// <summary>A node has enrolled.</summary>
    public void Joined(NodeProtocol.NodeJoined joined)
    {
        Tell(joined);
        _pending.Joined(joined.Node);
        // It may store a job of another coordinator.
        if (_job is null)
            joined.Node.Server?.Tell(new ServerProtocol.GetStoredJobs(), _coordinator.Self);
        if (joined.Node.Pending is null)
            Heard(joined.Node.Node);
    }

    /// <summary>A node knows jobs that have ended.</summary>
    public void Know(IEnumerable<JobSummary> ended)
    {
        foreach (var job in ended)
        {
            _list.Kept(job);
            // A node that was away at its end has brought it back.
            if (_queue.Find(job.JobId) is { } queued)
            {
                queued.Tell(new QueuedJobActor.Moved(), _coordinator.Self);
                End(job);
            }
        }
    }

    /// <summary>A node knows jobs that had not ended at another coordinator. Where one had begun, its servers may come
    /// back.</summary>
    public void Know(IEnumerable<PendingJob> known, IActorRef node)
    {
        foreach (var job in known)
            if (_list.FindEnded(job.JobId) is not null)
                node.Tell(new PendingJobProtocol.Drop(job.JobId), _coordinator.Self);
            else if (_queue.Know(job, isNew: _pending.Find(job.JobId) is null))
                _pending.Keep(job);
        Heard(_context.NodeOf(node));
    }

    /// <summary>A server stores jobs of another coordinator.</summary>
    public void Know(IEnumerable<StoredJob> stored)
    {
        var living = stored.Where(job => _list.FindEnded(job.Snapshot.JobId) is null);
        if (_job is null && _preparations.Next is null && living.MaxBy(job => job.Snapshot.Record.Seconds) is { } job)
            Adopt(job, isMoved: true);
    }

    /// <summary>A client submits a job.</summary>
    public void Accept(ClientProtocol.Submit submit, IActorRef client)
    {
        if (_requests.RefusalOf(submit.Job, _context.Algorithms) is { } refusal)
        {
            client.Tell(refusal, _coordinator.Self);
            return;
        }
        var (jobId, at) = (_context.NewJobId(), _coordinator.System.Scheduler.Now);
        var job = new PendingJob(jobId, submit.Job, new JobSubmission(submit.Submitter, at), Run: jobId);
        Prepare(new JobPreparation.Submitted(job, client));
    }

    /// <summary>A job can begin: at once, or after others.</summary>
    public void Begin(JobPreparation.Ready ready)
    {
        var job = ready.Submitted.Job;
        if (ready.Submitted.Client is null)
        {
            if (_queue.HandOver(ready))
                return;
            _preparations.End();
            BeginNext();
        }
        else if (IsFree && _queue.MayBeginAtOnce(job))
            Host(ready, followers: []);
        else
            Enqueue(ready.Submitted, followers: []);
    }

    /// <summary>A job cannot begin.</summary>
    public void Refuse(JobPreparation.Refused refused)
    {
        var jobId = refused.Submitted.Job.JobId;
        if (refused.Submitted.Client is { } client)
            client.Tell(
                new ClientProtocol.Rejected(refused.Reason, ClientProtocol.Rejection.Invalid),
                _coordinator.Self
            );
        else if (!refused.MayPass)
            _queue.Find(jobId)?.Tell(new QueuedJobActor.Fail(refused.Reason), _coordinator.Self);
        else if (_preparations.Next == jobId)
        {
            _preparations.End();
            _queue.Delay(jobId, refused.Reason);
            BeginNext();
        }
    }

    /// <summary>A job that waits asks for its turn.</summary>
    public void Answer(QueuedJobActor.AskTurn ask)
    {
        BeginNext();
        _queue.Answer(ask.JobId, _nodes.Present);
    }

    /// <summary>The turn of a job has come.</summary>
    public void Host(QueuedJobActor.HandedOver handed) => Host(handed.Ready, handed.Followers);

    /// <summary>A client follows a job.</summary>
    public void Follow(ClientProtocol.Follow follow, IActorRef client) => _requests.Follow(follow, client, _job);

    /// <summary>A client, or a node, has a request to the job that trains, or to one that it names.</summary>
    public void Forward(ClientProtocol.IJobRequest request, IActorRef sender) =>
        _requests.Forward(request, sender, _job);

    /// <summary>The job that trains tells how far it is.</summary>
    public void Progressed(JobProgress progress)
    {
        Progress = progress;
        _list.Progressed(progress);
        if (progress.Phase == JobPhase.Training && _list.Running is { } running)
            _pending.Change(running.JobId, job => job with { HasBegun = true });
    }

    /// <summary>The job that trains has written a checkpoint.</summary>
    public void Keep(JobCheckpoints.Written written) =>
        _pending.Change(written.JobId, job => job with { HasCheckpoint = true });

    /// <summary>A job has ended.</summary>
    public void End(JobEnd.Over over, IActorRef job)
    {
        if (job.Equals(_job))
            _job = null;
        End(over.Job);
    }

    /// <summary>The job that trains has lost its shards, and goes on from its newest checkpoint.</summary>
    public void Interrupt(JobEnd.Interrupted interrupted, IActorRef job)
    {
        if (!job.Equals(_job) || _pending.Find(interrupted.JobId) is not { } known)
            return;
        _job = null;
        _list.Interrupt();
        _log.JobInterrupted(known.Job.Name, known.JobId, interrupted.Reason);
        Enqueue(new(known, Client: null, interrupted.Reason), interrupted.Followers);
    }

    /// <summary>The job that trains has lost a shard, and goes on with its copy.</summary>
    public void Reopen(JobEnd.Reopened reopened, IActorRef job)
    {
        if (job.Equals(_job))
            Adopt(reopened.Job, isMoved: false);
    }

    /// <summary>An actor has stopped without a word.</summary>
    /// <returns>Whether it was the job that trains.</returns>
    public bool Lose(IActorRef actor)
    {
        if (!actor.Equals(_job))
            return false;
        _job = null;
        Progress = JobFailures.OfCoordinator(Progress);
        if (_list.Fail(JobFailures.CoordinatorFailed, _coordinator.System.Scheduler.Now) is { } failed)
            End(failed);
        return true;
    }

    private void Heard(string node)
    {
        _awaited.Heard(node);
        BeginNext();
    }

    private void End(JobSummary job)
    {
        _list.Ended(job);
        if (job.Phase == JobPhase.Completed)
            foreach (var following in _queue.Release(job.JobId))
                _pending.Keep(following);
        _pending.End(job.JobId);
        _queue.Remove(job.JobId);
        if (_preparations.Next == job.JobId)
            _preparations.End();
        BeginNext();
    }

    private void Prepare(JobPreparation.Submitted submitted)
    {
        if (_preparations.Begin(submitted) is { } ready)
            Begin(ready);
    }

    private void Enqueue(JobPreparation.Submitted submitted, IActorRef[] followers, TimeSpan after = default)
    {
        _pending.Keep(submitted.Job);
        _queue.Add(submitted, followers, after);
        BeginNext();
    }

    private void BeginNext()
    {
        if (IsFree && _queue.Next() is { } next)
            Prepare(next);
    }

    private void Host(JobPreparation.Ready ready, IActorRef[] followers) =>
        Host(
            ready.Job,
            ready.Resumed?.Manifest.Record.Workers ?? [],
            JobActor.Props(now => JobStart.Submitted(ready, followers, now), _context)
        );

    /// <param name="job">The job.</param>
    /// <param name="isMoved">Whether it was another coordinator's; otherwise it has lost a shard.</param>
    private void Adopt(StoredJob job, bool isMoved)
    {
        var (snapshot, members) = (job.Snapshot, _nodes.Members);
        _log.JobAdopted(snapshot.Job.Name);
        _queue.Find(snapshot.JobId)?.Tell(new QueuedJobActor.Moved(), _coordinator.Self);
        Host(
            (_pending.Find(snapshot.JobId) ?? new(snapshot.JobId, snapshot.Job, snapshot.Submission, snapshot.Run)) with
            {
                HasBegun = true,
            },
            snapshot.Record.Workers,
            JobActor.Props(now => JobStart.AdoptedFrom(job, members, isMoved, now), _context),
            keepsLost: !isMoved
        );
    }

    private void Host(PendingJob job, IReadOnlyList<WorkerSnapshot> before, Props props, bool keepsLost = false)
    {
        _preparations.End();
        Progress = null;
        _queue.Remove(job.JobId);
        _pending.Keep(job);
        _list.Begin(job);
        _nodes.Begin(before, keepsLost);
        _job = _coordinator.Watch(_coordinator.ActorOf(props, $"job-{++_begun}"));
        foreach (var node in _nodes.Present)
            Tell(node);
    }
}
