using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Results;

/// <summary>Keeps the results of jobs on a node's disk, and sends them to clients.</summary>
internal sealed class ResultsActor : ReceiveActor
{
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
            Context.ActorOf(ResultKeeperActor.Props(keep, Sender, folder, options.Age, lane))
        );
        Receive<ResultProtocol.GetKept>(_ =>
        {
            var requester = Sender;
            Task.Run(() => new Listed(requester, List(folder, node))).PipeTo(Self);
        });
        Receive<Listed>(listed =>
            listed.Requester.TellInPages(Context.System, new ResultProtocol.KeptJobs(node, listed.Jobs), Self)
        );
        Receive<ResultProtocol.Open>(open =>
            Context.ActorOf(ResultSenderActor.Props(open.JobId, Sender, folder, lane))
        );
        // The folder cannot be listed.
        Receive<Status.Failure>(_ => { });
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private static JobSummary[] List(ResultFolder folder, string node) =>
        [.. folder.List().Select(manifest => manifest.Job with { KeptBy = manifest.Model is null ? [] : [node] })];
}
