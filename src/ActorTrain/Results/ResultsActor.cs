using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using ActorTrain.Threads;
using Akka.Actor;

namespace ActorTrain.Results;

/// <summary>Keeps the results of jobs on a node's disk, and sends them to clients.</summary>
internal sealed class ResultsActor : ReceiveActor
{
    private readonly Dictionary<IActorRef, (IActorRef Job, string JobId, DateTimeOffset? Ended)> _keepers = [];
    private readonly Dictionary<IActorRef, (IActorRef Client, string JobId)> _senders = [];
    private readonly HashSet<(string JobId, DateTimeOffset? Ended)> _kept = [];

    /// <summary>The disk → this actor: the jobs that it knows.</summary>
    private sealed record Listed(IActorRef Requester, JobSummary[] Jobs);

    /// <param name="node">The node, <c>host:port</c>.</param>
    /// <param name="options">Where the results are kept.</param>
    /// <param name="lane">The lane that weights travel by.</param>
    public static Props Props(string node, ResultOptions options, ITensorLane lane) =>
        Akka.Actor.Props.Create(() => new ResultsActor(node, options, lane));

    public ResultsActor(string node, ResultOptions options, ITensorLane lane)
    {
        var folder = new ResultFolder(options.Folder);
        Receive<ResultProtocol.Keep>(keep =>
        {
            // A job asks again where it has heard nothing.
            if (_kept.Contains((keep.Job.JobId, keep.Job.Ended)))
                Sender.Tell(new ResultProtocol.Kept());
            else if (!_keepers.ContainsValue((Sender, keep.Job.JobId, keep.Job.Ended)))
                _keepers.Add(
                    Context.Watch(Context.ActorOf(ResultKeeperActor.Props(keep, Self, folder, options.Age, lane))),
                    (Sender, keep.Job.JobId, keep.Job.Ended)
                );
        });
        Receive<ResultProtocol.Kept>(kept =>
        {
            var (job, jobId, ended) = _keepers[Sender];
            _kept.Add((jobId, ended));
            job.Tell(kept);
        });
        Receive<ResultProtocol.NotKept>(notKept => _keepers[Sender].Job.Tell(notKept));
        Receive<Terminated>(ended =>
        {
            // Of one that has answered before this is not heard any more.
            if (_keepers.Remove(ended.ActorRef, out var keeping))
                keeping.Job.Tell(new ResultProtocol.NotKept("an error, which its log has"));
            _senders.Remove(ended.ActorRef);
        });
        Receive<ResultProtocol.GetKept>(_ =>
        {
            var requester = Sender;
            Context.RunBlocking(() => new Listed(requester, List(folder, node)));
        });
        Receive<Listed>(listed =>
            listed.Requester.TellInPages(Context.System, new ResultProtocol.KeptJobs(listed.Jobs), Self)
        );
        Receive<ResultProtocol.Open>(open =>
        {
            // A client asks again until it has the first answer, which reads the whole model.
            if (!_senders.ContainsValue((Sender, open.JobId)))
                _senders.Add(
                    Context.Watch(Context.ActorOf(ResultSenderActor.Props(open.JobId, Sender, folder, lane))),
                    (Sender, open.JobId)
                );
        });
        // The folder cannot be listed.
        Receive<Status.Failure>(_ => { });
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private static JobSummary[] List(ResultFolder folder, string node) =>
        [.. folder.List().Select(manifest => manifest.Job with { KeptBy = manifest.Model is null ? [] : [node] })];
}
