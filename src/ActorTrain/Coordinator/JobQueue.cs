using ActorTrain.Job;
using ActorTrain.Protocol;
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

    private sealed record Waiting(JobPreparation.Submitted Submitted, IActorRef Actor, TimeSpan NotBefore)
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

    /// <summary>Whether a job that is new could begin at once.</summary>
    public bool CanPass(PendingJob job) => IsEmpty && JobTurns.Next([job], PhaseOf) is not null;

    /// <summary>The job whose turn it is; null where none can begin. Those that never can are told so.</summary>
    public JobPreparation.Submitted? Next()
    {
        foreach (var waiting in _waiting.Values.Where(waiting => waiting.NotBefore <= Now))
            if (Hopeless(waiting.Job.Job) is { } reason)
                waiting.Actor.Tell(new QueuedJobActor.Fail(reason));
        return JobTurns.Next(Jobs, PhaseOf) is { } next && _waiting[next.JobId] is var turn && turn.NotBefore <= Now
            ? turn.Submitted with
            {
                Client = null,
            }
            : null;
    }

    /// <summary>Why a job can never begin, as a clause; null where it can.</summary>
    public string? Hopeless(JobOptions job) => JobTurns.Hopeless(job, PhaseOf);

    /// <summary>A job that waits asks for its turn, and is told what it waits for.</summary>
    public void Answer(string jobId, IEnumerable<NodeProtocol.NodeJoined> nodes)
    {
        if (_waiting.TryGetValue(jobId, out var waiting))
            waiting.Actor.Tell(
                new QueuedJobActor.Waits(ReasonOf(waiting.Job), [.. nodes.Select(joined => joined.Node)])
            );
    }

    private string ReasonOf(PendingJob job) => JobTurns.Reason(job, Jobs, list.Running, PhaseOf);

    private JobPhase? PhaseOf(string jobId) =>
        _waiting.ContainsKey(jobId) ? JobPhase.Queued
        : list.Running?.JobId == jobId ? list.Running.Phase
        : list.FindEnded(jobId)?.Phase;
}
