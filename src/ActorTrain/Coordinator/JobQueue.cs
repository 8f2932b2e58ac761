using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The jobs that wait for their turn, each with an actor that its clients follow.</summary>
/// <param name="context">What the coordinator's node has given it.</param>
/// <param name="list">The other jobs of the cluster.</param>
/// <param name="actors">The coordinator, whose children they are.</param>
internal sealed class JobQueue(CoordinatorContext context, JobList list, IActorContext actors)
{
    /// <summary>Most jobs that wait.</summary>
    public const int Most = 100;

    private readonly OrderedDictionary<string, Waiting> _waiting = [];
    private int _added;

    // Time for the servers of a job that was interrupted to come back.
    private static readonly TimeSpan AdoptionTime = TimeSpan.FromSeconds(20);

    // Of a job that was interrupted and cannot go on.
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(30);

    /// <param name="Submitted">The job.</param>
    /// <param name="Actor">Its actor.</param>
    /// <param name="NotBefore">When it may begin, on the scheduler's clock.</param>
    /// <param name="Obstacle">Why it could not begin, and lets others pass until then; null where it was not
    /// tried.</param>
    private sealed record Waiting(
        JobPreparation.Submitted Submitted,
        IActorRef Actor,
        TimeSpan NotBefore,
        string? Obstacle = null
    )
    {
        public PendingJob Job => Submitted.Job;
    }

    public bool IsEmpty => _waiting.Count == 0;

    public bool IsFull => _waiting.Count >= Most;

    /// <summary>The jobs, in the order of their turns.</summary>
    public IEnumerable<JobSummary> Summaries =>
        JobTurns.InOrder(Jobs).Select(job => JobList.Summarize(job, JobPhase.Queued, ReasonOf(job)));

    private IReadOnlyCollection<PendingJob> Jobs => [.. _waiting.Values.Select(waiting => waiting.Job)];

    private TimeSpan Now => actors.System.Scheduler.MonotonicClock;

    /// <summary>A job waits.</summary>
    /// <param name="submitted">The job.</param>
    /// <param name="followers">The clients that follow it already.</param>
    /// <param name="after">Time until it may begin.</param>
    public void Add(JobPreparation.Submitted submitted, IActorRef[] followers, TimeSpan after = default) =>
        _waiting[submitted.Job.JobId] = new Waiting(
            submitted,
            actors.ActorOf(QueuedJobActor.Props(submitted, followers, context), $"queued-{++_added}"),
            Now + after
        );

    /// <summary>The actor of a job; null where it does not wait.</summary>
    public IActorRef? Find(string jobId) => _waiting.GetValueOrDefault(jobId)?.Actor;

    /// <summary>A job waits no more.</summary>
    public void Remove(string jobId) => _waiting.Remove(jobId);

    /// <summary>Whether a new job waits for no other.</summary>
    public bool MayBeginAtOnce(PendingJob job) => IsEmpty && JobTurns.Next([job], PhaseOf) is not null;

    /// <summary>The job whose turn it is; null where none can begin. Those that never can are told so.</summary>
    public JobPreparation.Submitted? Next()
    {
        foreach (var waiting in _waiting.Values.Where(waiting => waiting.NotBefore <= Now))
            if (JobTurns.Hopeless(waiting.Job, PhaseOf) is { } reason)
                waiting.Actor.Tell(new QueuedJobActor.Fail(reason));
        var able = _waiting.Values.Where(waiting => waiting.Obstacle is null || waiting.NotBefore <= Now);
        return
            JobTurns.Next(able.Select(waiting => waiting.Job), PhaseOf) is { } next
            && _waiting[next.JobId] is var turn
            && turn.NotBefore <= Now
            ? turn.Submitted with
            {
                Client = null,
            }
            : null;
    }

    /// <summary>Why a job is not accepted, as a clause; null where it is.</summary>
    public string? RefusalOf(JobOptions job) => JobTurns.RefusalOf(job, PhaseOf);

    /// <summary>A job could not begin, and is tried again.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="reason">Why, as a clause.</param>
    public void Delay(string jobId, string reason)
    {
        if (_waiting.TryGetValue(jobId, out var waiting))
            _waiting[jobId] = waiting with { NotBefore = Now + TryAgainAfter, Obstacle = reason };
    }

    /// <summary>A node knows a job of another coordinator, which waits from now on; or it knows more of it than the
    /// node that told of it first.</summary>
    /// <param name="known">The job.</param>
    /// <param name="isNew">Whether this coordinator does not know it.</param>
    /// <returns>Whether something is new.</returns>
    public bool Know(PendingJob known, bool isNew)
    {
        var waiting = _waiting.GetValueOrDefault(known.JobId);
        if (isNew)
            Add(new(known, Client: null), followers: [], known.HasBegun ? AdoptionTime : AwaitedNodes.Timeout);
        else if (waiting is not null && IsMore(known, waiting.Job))
            _waiting[known.JobId] = waiting with
            {
                Submitted = waiting.Submitted with { Job = known },
                NotBefore = Now + AdoptionTime,
            };
        else
            return false;
        return true;
    }

    /// <summary>The turn of a job has come, unless it has been canceled meanwhile.</summary>
    /// <returns>Whether nothing more is known of it than when it was prepared.</returns>
    public bool HandOver(JobPreparation.Ready ready)
    {
        var prepared = ready.Submitted.Job;
        if (_waiting.GetValueOrDefault(prepared.JobId) is not { } waiting)
            return true;
        if (IsMore(waiting.Job, prepared))
            return false;
        waiting.Actor.Tell(new QueuedJobActor.HandOver(ready), actors.Self);
        return true;
    }

    /// <summary>A job has completed.</summary>
    /// <returns>The jobs that follow it, which may begin, whether nodes keep its end or not.</returns>
    public IReadOnlyList<PendingJob> Release(string jobId)
    {
        var following = _waiting.Values.Where(waiting => waiting.Job.Job.After == jobId).ToList();
        return
        [
            .. following.Select(waiting =>
            {
                var job = waiting.Job with { Job = waiting.Job.Job with { After = "" } };
                _waiting[job.JobId] = waiting with { Submitted = waiting.Submitted with { Job = job } };
                return job;
            }),
        ];
    }

    /// <summary>A job that waits asks for its turn, and is told what it waits for.</summary>
    public void Answer(string jobId, IEnumerable<NodeProtocol.NodeJoined> nodes)
    {
        if (_waiting.TryGetValue(jobId, out var waiting))
            waiting.Actor.Tell(
                new QueuedJobActor.Waits(ReasonOf(waiting.Job), [.. nodes.Select(joined => joined.Node)])
            );
    }

    private static bool IsMore(PendingJob known, PendingJob before) =>
        (known.HasBegun && !before.HasBegun) || (known.HasCheckpoint && !before.HasCheckpoint);

    private string ReasonOf(PendingJob job) =>
        _waiting[job.JobId].Obstacle ?? JobTurns.Reason(job, Jobs, list.Running, PhaseOf);

    private JobPhase? PhaseOf(string jobId) =>
        _waiting.ContainsKey(jobId) ? JobPhase.Queued
        : list.Running?.JobId == jobId ? list.Running.Phase
        : list.FindEnded(jobId)?.Phase;
}
