using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Pending;

/// <summary>Knows the jobs of its cluster that have not ended, for the next coordinator; and keeps them on disk, for
/// the case that all nodes are lost.</summary>
internal sealed class PendingJobsActor : ReceiveActor
{
    private readonly Dictionary<string, PendingJob> _jobs = [];
    private readonly PendingJobFolder? _folder;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _hasFailed;

    /// <param name="folder">Where it keeps them on disk; null for nowhere.</param>
    public static Props Props(string? folder) => Akka.Actor.Props.Create(() => new PendingJobsActor(folder));

    public PendingJobsActor(string? folder)
    {
        _folder = folder is null ? null : new PendingJobFolder(folder);
        Receive<PendingJobProtocol.Keep>(keep =>
        {
            _jobs[keep.Job.JobId] = keep.Job;
            OnDisk(() => _folder!.Write(keep.Job));
        });
        Receive<PendingJobProtocol.Drop>(drop =>
        {
            _jobs.Remove(drop.JobId);
            OnDisk(() => _folder!.Delete(drop.JobId));
        });
        Receive<PendingJobProtocol.GetKnown>(_ =>
            Sender.TellInPages(Context.System, new PendingJobProtocol.Known([.. _jobs.Values]), Self)
        );
    }

    protected override void PreStart()
    {
        if (_folder is null)
            return;
        var jobs = _folder.Read(out var failures);
        foreach (var job in jobs)
            _jobs[job.JobId] = job;
        foreach (var failure in failures)
            _log.PendingJobNotKept(failure);
    }

    private void OnDisk(Action change)
    {
        if (_folder is null)
            return;
        try
        {
            change();
            _hasFailed = false;
        }
        catch (ActorTrainException failure)
        {
            // Once, and not for every job.
            if (!_hasFailed)
                _log.PendingJobNotKept(failure.Message);
            _hasFailed = true;
        }
    }
}
