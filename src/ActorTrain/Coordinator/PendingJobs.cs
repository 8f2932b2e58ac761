using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The jobs that are accepted and have not ended: all nodes are told of them.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="system">The actor system.</param>
/// <param name="self">The coordinator, which nodes answer.</param>
internal sealed class PendingJobs(EnrolledNodes nodes, ActorSystem system, IActorRef self)
{
    private readonly Dictionary<string, PendingJob> _jobs = [];

    /// <summary>The job of an id; null where there is none.</summary>
    public PendingJob? Find(string jobId) => _jobs.GetValueOrDefault(jobId);

    /// <summary>Why a job is not accepted, as a clause; null where it is: another one writes its checkpoints to the
    /// same folder. A resumed job may go on in the folder of the one before.</summary>
    public string? RefusalOf(JobOptions job) =>
        job.Checkpoint.Every.IsOn
        && job.Checkpoint.Folder.Length > 0
        && job.Resume.Length == 0
        && _jobs.Values.FirstOrDefault(other =>
            other.Job.Checkpoint.Every.IsOn && other.Job.Checkpoint.Folder == job.Checkpoint.Folder
        )
            is { } same
            ? $"job {same.JobId} writes its checkpoints to {job.Checkpoint.Folder}; give this one another folder"
            : null;

    /// <summary>A job is accepted, or changes.</summary>
    public void Keep(PendingJob job)
    {
        _jobs[job.JobId] = job;
        foreach (var node in nodes.Present)
            Tell(node.Node, job);
    }

    /// <summary>A job changes, if there is one of the id.</summary>
    public void Change(string jobId, Func<PendingJob, PendingJob> change)
    {
        if (Find(jobId) is { } known && change(known) is var changed && changed != known)
            Keep(changed);
    }

    /// <summary>A job has ended.</summary>
    public void End(string jobId)
    {
        if (_jobs.Remove(jobId))
            foreach (var node in nodes.Present)
                node.Node.Pending?.Tell(new PendingJobProtocol.Drop(jobId), self);
    }

    /// <summary>A node has enrolled: it may know jobs of another coordinator, and is to know those of this
    /// one.</summary>
    public void Joined(NodeProtocol.Enrol node)
    {
        node.Pending?.Tell(new PendingJobProtocol.GetKnown(), self);
        foreach (var job in _jobs.Values)
            Tell(node, job);
    }

    private void Tell(NodeProtocol.Enrol node, PendingJob job) =>
        node.Pending?.TellInPages(system, new PendingJobProtocol.Keep(job), self);
}
