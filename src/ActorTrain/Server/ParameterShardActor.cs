using ActorTrain.Lane;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Server;

/// <summary>Owns one slice of the parameters. The only writer of its weights.</summary>
internal sealed class ParameterShardActor : ReceiveActor
{
    private readonly ShardState _shard;
    private readonly ITensorLane _lane;
    private readonly PayloadType _payload;
    private readonly List<(IActorRef By, ShardProtocol.Pull For)> _pulling = [];
    private readonly SortedDictionary<string, (IActorRef Worker, ShardProtocol.Await For)> _waiting = new(
        StringComparer.Ordinal
    );
    private readonly SortedDictionary<string, (IActorRef Worker, ShardProtocol.WatchStep For)> _watching = new(
        StringComparer.Ordinal
    );
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public static Props Props(ShardState shard, ITensorLane lane, PayloadType payload) =>
        Akka
            .Actor.Props.Create(() => new ParameterShardActor(shard, lane, payload))
            .WithDispatcher(DispatcherNames.Compute);

    public ParameterShardActor(ShardState shard, ITensorLane lane, PayloadType payload)
    {
        (_shard, _lane, _payload) = (shard, lane, payload);
        AwaitingWeights();
    }

    protected override void PostStop() => _shard.Release();

    private void AwaitingWeights()
    {
        Receive<ShardProtocol.Initialize>(start =>
        {
            _shard.Initialize(start.Payload.Values.Span);
            start.Payload.Release();
            Become(Training);
            Sender.Tell(new ShardProtocol.Initialized(_shard.Index));
        });
        Receive<ShardProtocol.Count>(count => Sender.TellInPages(Context.System, _shard.Count(count.Round), Self));
        Receive<LaneProtocol.Broken>(_ => { });
        Governed();
    }

    private void Training()
    {
        Governed();
        // A worker that waits for an answer pushes again.
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<ShardProtocol.Push>(push =>
        {
            var version = _shard.Version;
            _lane.Tell(Sender, Answer(push), Self);
            if (_shard.Version == version)
                return;
            AnswerWaiting();
            TellClosed();
        });
        Receive<ShardProtocol.Await>(awaits =>
        {
            if (!TellWeights(Sender, awaits))
                _waiting[awaits.Worker.Node] = (Sender, awaits);
        });
        Receive<ShardProtocol.WatchStep>(watch =>
        {
            _watching[watch.Worker.Node] = (Sender, watch);
            TellClosed();
        });
        Receive<ShardProtocol.Pull>(pull =>
        {
            if (!TellWeights(Sender, pull))
                _pulling.Add((Sender, pull));
        });
        Receive<ShardProtocol.Evaluated>(evaluated => _shard.ForgetEpochsBefore(evaluated.Before));
        Receive<ShardProtocol.Count>(count => Sender.TellInPages(Context.System, _shard.Count(count.Round), Self));
        Receive<ShardProtocol.Initialize>(again =>
        {
            again.Payload.Release();
            Sender.Tell(new ShardProtocol.Initialized(_shard.Index));
        });
    }

    private void Governed()
    {
        Receive<ShardProtocol.Fence>(fence =>
        {
            _shard.Fence(fence.Past);
            if (
                _watching.TryGetValue(fence.Past.Node, out var watches)
                && watches.For.Worker.Incarnation <= fence.Past.Incarnation
            )
                _watching.Remove(fence.Past.Node);
            if (
                _waiting.TryGetValue(fence.Past.Node, out var waits)
                && waits.For.Worker.Incarnation <= fence.Past.Incarnation
            )
                _waiting.Remove(fence.Past.Node);
        });
        Receive<ShardProtocol.FenceAll>(fence =>
        {
            _shard.FenceAll(fence.Incarnation);
            _waiting.Clear();
            _watching.Clear();
        });
        Receive<ShardProtocol.Govern>(govern =>
        {
            _shard.Govern(govern.Staleness);
            _shard.March(govern.Consistency, govern.Contributions);
            AnswerWaiting();
            TellClosed();
        });
    }

    private void AnswerWaiting()
    {
        _pulling.RemoveAll(pulling => TellWeights(pulling.By, pulling.For));
        if (_waiting.Count == 0)
            return;
        foreach (var (node, (worker, awaits)) in _waiting.ToList())
            if (TellWeights(worker, awaits))
                _waiting.Remove(node);
    }

    private void TellClosed()
    {
        if (_watching.Count == 0)
            return;
        foreach (
            var (node, (worker, watch)) in _watching
                .Where(watching => watching.Value.For.Version < _shard.Version)
                .ToList()
        )
        {
            _watching.Remove(node);
            worker.Tell(new ShardProtocol.StepClosed(watch.Version));
        }
    }

    private bool TellWeights(IActorRef by, ShardProtocol.Pull pull)
    {
        if (_shard.WeightsAfter(pull.Epoch, _payload) is not var (version, isOfEpoch, weights))
            return false;
        var pulled = new ShardProtocol.Pulled(_shard.Index, version, _shard.OpenTo(""), weights);
        _lane.Tell(by, pulled with { Epoch = pull.Epoch, IsOfEpoch = isOfEpoch }, Self);
        return true;
    }

    private bool TellWeights(IActorRef worker, ShardProtocol.Await awaits)
    {
        if (_shard.WeightsFor(awaits.Worker, awaits.Part, _payload) is not var (version, step, isApplied, weights))
            return false;
        _lane.Tell(
            worker,
            new ShardProtocol.Awaited(_shard.Index, awaits.Part, version, step, isApplied, weights),
            Self
        );
        return true;
    }

    private ShardProtocol.Pushed Answer(ShardProtocol.Push push)
    {
        var staleness = _shard.StalenessOf(push.BaseVersion);
        var verdict = _shard.Receive(
            push.Part,
            push.Worker,
            push.BaseVersion,
            push.Payload.Values.Span,
            push.Untouched
        );
        push.Payload.Release();
        Instruments.Judged(verdict, staleness);
        // The coordinator makes an event of what it means, once a lease; here it is each single one.
        if (verdict.Kind == Staleness.VerdictKind.Refused)
            _log.Debug("Shard {0} refused a push of {1}: {2}", _shard.Index, push.Worker.Node, verdict.Reason);
        // What a step has gathered changes nothing yet.
        var weights = push.BaseVersion == _shard.Version ? TensorSlice.Empty : _shard.Share(_payload, push.Worker);
        return new ShardProtocol.Pushed(
            _shard.Index,
            push.Part,
            verdict,
            _shard.Version,
            _shard.OpenTo(push.Worker.Node),
            weights
        );
    }
}
