using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>Hosts parameter shards on a server node, for as long as their job lives.</summary>
internal sealed class ServerNodeActor : ReceiveActor
{
    private readonly ITensorLane _lane;
    private readonly Dictionary<IActorRef, List<IActorRef>> _hosted = [];

    public static Props Props(ITensorLane lane) => Akka.Actor.Props.Create(() => new ServerNodeActor(lane));

    public ServerNodeActor(ITensorLane lane)
    {
        _lane = lane;
        Receive<ServerProtocol.OpenShard>(open =>
            Sender.Tell(new ServerProtocol.ShardOpened(open.JobId, open.Slice, Host(open.Owner, ParameterShardActor.Props(ShardOf(open), _lane, open.Job.Payload)))));
        Receive<ServerProtocol.OpenModelState>(open =>
            Sender.Tell(new ServerProtocol.ModelStateOpened(open.JobId, Host(open.Owner, ModelStateActor.Props(new ModelState(open.Length), _lane)))));
        Receive<Terminated>(job =>
        {
            if (!_hosted.Remove(job.ActorRef, out var children)) return;
            foreach (var child in children) Context.Stop(child);
        });
    }

    // A shard that failed in the middle of an update has no weights to go on with: it ends, and the job with it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private IActorRef Host(IActorRef job, Props props)
    {
        if (!_hosted.TryGetValue(job, out var children))
        {
            _hosted.Add(job, children = []);
            Context.Watch(job);
        }
        var child = Context.ActorOf(props);
        children.Add(child);
        return child;
    }

    private ShardState ShardOf(ServerProtocol.OpenShard open) => new(open.Slice.Index, open.Slice.Length, open.TrainSamples, open.Job, _lane.Memory);
}
