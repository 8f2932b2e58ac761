using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>Hosts parameter shards on a server node, for as long as their job lives.</summary>
internal sealed class ServerNodeActor : ReceiveActor
{
    private readonly ITensorLane _lane;
    private readonly Dictionary<string, List<IActorRef>> _jobs = [];
    private readonly Dictionary<IActorRef, string> _owners = [];

    public static Props Props(ITensorLane lane) => Akka.Actor.Props.Create(() => new ServerNodeActor(lane));

    public ServerNodeActor(ITensorLane lane)
    {
        _lane = lane;
        Receive<ServerProtocol.OpenShard>(open =>
            Sender.Tell(new ServerProtocol.ShardOpened(open.JobId, open.Slice, Host(open.JobId, ParameterShardActor.Props(ShardOf(open), _lane)))));
        Receive<ServerProtocol.OpenModelState>(open =>
            Sender.Tell(new ServerProtocol.ModelStateOpened(open.JobId, Host(open.JobId, ModelStateActor.Props(new ModelState(open.Length), _lane)))));
        Receive<ServerProtocol.CloseJob>(close => Close(close.JobId));
        Receive<Terminated>(job =>
        {
            if (_owners.TryGetValue(job.ActorRef, out var jobId)) Close(jobId);
        });
    }

    // A shard that failed in the middle of an update has no weights to go on with: it ends, and the job with it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private IActorRef Host(string jobId, Props props)
    {
        if (!_jobs.TryGetValue(jobId, out var children)) _jobs.Add(jobId, children = []);
        if (_owners.TryAdd(Sender, jobId)) Context.Watch(Sender);
        var child = Context.ActorOf(props);
        children.Add(child);
        return child;
    }

    private void Close(string jobId)
    {
        if (!_jobs.Remove(jobId, out var children)) return;
        foreach (var child in children) Context.Stop(child);
        foreach (var owner in _owners.Where(owner => owner.Value == jobId).Select(owner => owner.Key).ToList())
        {
            _owners.Remove(owner);
            Context.Unwatch(owner);
        }
    }

    private static ShardState ShardOf(ServerProtocol.OpenShard open) => new(
        open.Slice.Index, open.Slice.Length, open.Job.Epochs, open.Job.Optimizer.LearningRate,
        Optimizer.Of(open.Job.Optimizer, open.Slice.Length),
        new LearningRateSchedule(open.Job.Schedule, open.Job.Epochs, open.TrainSamples),
        new AcceptAll());
}
