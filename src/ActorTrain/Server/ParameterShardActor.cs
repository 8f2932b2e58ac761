using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Serialization.Paging;
using ActorTrain.Staleness;
using ActorTrain.Telemetry;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Server;

/// <summary>Owns one slice of the parameters, and is the only writer of its weights.</summary>
internal sealed class ParameterShardActor : ReceiveActor
{
    private readonly ShardState _shard;
    private readonly ITensorLane _lane;
    private readonly TransferDType _payload;
    private readonly List<(IActorRef Reader, ShardProtocol.Pull Pull)> _pulling = [];
    private readonly SortedDictionary<string, (IActorRef Worker, ShardProtocol.AwaitParameters Request)> _waiting = new(
        StringComparer.Ordinal
    );
    private readonly SortedDictionary<string, (IActorRef Worker, ShardProtocol.WatchStep Request)> _watching = new(
        StringComparer.Ordinal
    );
    private readonly IActorRef _standbySender;
    private readonly KeptSnapshots _kept = new();
    private (StandbyProtocol.Copy Request, IActorRef Job)? _copy;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <param name="shard">Its state.</param>
    /// <param name="lane">The tensor lane.</param>
    /// <param name="payload">The type of weights between machines.</param>
    /// <param name="isRestored">Whether it has weights; otherwise the first worker sends them.</param>
    public static Props Props(ShardState shard, ITensorLane lane, TransferDType payload, bool isRestored = false) =>
        Akka
            .Actor.Props.Create(() => new ParameterShardActor(shard, lane, payload, isRestored))
            .WithDispatcher(DispatcherNames.Compute);

    public ParameterShardActor(ShardState shard, ITensorLane lane, TransferDType payload, bool isRestored)
    {
        (_shard, _lane, _payload) = (shard, lane, payload);
        _standbySender = Context.ActorOf(SnapshotSenderActor.Props(shard.Index, lane));
        Become(isRestored ? Training : AwaitingWeights);
    }

    protected override void PostStop()
    {
        _kept.Release();
        _shard.Release();
    }

    private void AwaitingWeights()
    {
        Receive<ShardProtocol.Initialize>(start =>
        {
            _shard.Initialize(start.Payload.Values.Span);
            start.Payload.Release();
            Become(Training);
            Sender.Tell(new ShardProtocol.Initialized(_shard.Index));
        });
        ReceiveAlways();
    }

    private void Training()
    {
        ReceiveAlways();
        Receive<ShardProtocol.Push>(push =>
        {
            var version = _shard.Version;
            _lane.Tell(Sender, Judge(push), Self);
            SendSnapshot();
            if (_shard.Version == version)
                return;
            SendToWaiting();
            NotifyStepClosed();
        });
        Receive<ShardProtocol.AwaitParameters>(awaits =>
        {
            if (!TrySendWeights(Sender, awaits))
                _waiting[awaits.Worker.Node] = (Sender, awaits);
        });
        Receive<ShardProtocol.WatchStep>(watch =>
        {
            _watching[watch.Worker.Node] = (Sender, watch);
            NotifyStepClosed();
        });
        Receive<ShardProtocol.Pull>(pull =>
        {
            if (!TrySendWeights(Sender, pull))
                _pulling.Add((Sender, pull));
        });
        Receive<StandbyProtocol.Copy>(copy =>
        {
            if (_copy?.Request.Number == copy.Number)
            {
                _standbySender.Forward(new SnapshotSenderActor.AnswerAgain(copy.Number));
                return;
            }
            _copy = (copy, Sender);
            _shard.RequestSnapshot(copy.After);
            SendSnapshot();
        });
        Receive<StandbyProtocol.CopyNow>(copy =>
            SnapshotSenderActor.SendNow(copy, _shard.Index, _shard.TakeSnapshot().ToSnapshot(), _lane, Context)
        );
        Receive<StandbyActor.Take>(take =>
        {
            var kept = _kept.Find(take.Number);
            Sender.Tell(new StandbyActor.Taken(take, kept?.Record, kept?.Share() ?? []));
        });
        Receive<ShardProtocol.ReleaseEpochs>(evaluated => _shard.ForgetEpochsBefore(evaluated.Before));
        Receive<ShardProtocol.Initialize>(again =>
        {
            again.Payload.Release();
            Sender.Tell(new ShardProtocol.Initialized(_shard.Index));
        });
    }

    private void ReceiveAlways()
    {
        // A worker that waits for an answer pushes again.
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<ShardProtocol.GetCounts>(count =>
            Sender.TellInPages(Context.System, _shard.GetCounts(count.Round), Self)
        );
        Receive<ShardProtocol.FenceWorker>(fence =>
        {
            _shard.Fence(fence.Past);
            Forget(_watching, watch => watch.Worker, fence.Past);
            Forget(_waiting, awaits => awaits.Worker, fence.Past);
        });
        Receive<ShardProtocol.FenceAllWorkers>(fence =>
        {
            _shard.FenceAll(fence.Incarnation);
            _waiting.Clear();
            _watching.Clear();
        });
        Receive<ShardProtocol.SetPolicies>(setPolicies =>
        {
            SetStaleness(setPolicies.Staleness);
            _shard.SetConsistency(setPolicies.Consistency, setPolicies.Contributions);
            SendSnapshot();
            SendToWaiting();
            NotifyStepClosed();
        });
    }

    // The coordinator has created the policy by the same options, but this node may have another one of that name. A
    // change that fails must not cost the weights.
    private void SetStaleness(StalenessOptions staleness)
    {
        try
        {
            _shard.SetStaleness(staleness);
        }
        catch (ActorTrainException refusal)
        {
            _log.PolicyRefused(_shard.Index, staleness.Policy, refusal.AsClause());
        }
    }

    private static void Forget<T>(
        SortedDictionary<string, (IActorRef Worker, T Request)> requests,
        Func<T, WorkerId> workerOf,
        WorkerId past
    )
    {
        if (
            requests.TryGetValue(past.Node, out var request)
            && workerOf(request.Request).Incarnation <= past.Incarnation
        )
            requests.Remove(past.Node);
    }

    private void SendSnapshot()
    {
        if (_copy is not var (request, job) || _shard.TakenSnapshot()?.ToSnapshot() is not { } snapshot)
            return;
        if (request.IsKept)
            _kept.Add(request.Number, snapshot, request.Before);
        else
            _kept.Release();
        Context.Parent.Tell(new StandbyActor.Holds(_kept.All));
        _standbySender.Tell(new SnapshotSenderActor.Send(request, job, snapshot));
    }

    private void SendToWaiting()
    {
        _pulling.RemoveAll(pulling => TrySendWeights(pulling.Reader, pulling.Pull));
        if (_waiting.Count == 0)
            return;
        foreach (var (node, (worker, awaits)) in _waiting.ToList())
            if (TrySendWeights(worker, awaits))
                _waiting.Remove(node);
    }

    private void NotifyStepClosed()
    {
        if (_watching.Count == 0)
            return;
        foreach (
            var (node, (worker, watch)) in _watching
                .Where(watching => watching.Value.Request.Version < _shard.Version)
                .ToList()
        )
        {
            _watching.Remove(node);
            worker.Tell(new ShardProtocol.StepClosed(watch.Version));
        }
    }

    private bool TrySendWeights(IActorRef reader, ShardProtocol.Pull pull)
    {
        if (_shard.WeightsAfter(pull.Epoch, _payload) is not var (version, isOfEpoch, weights))
            return false;
        var pulled = new ShardProtocol.Pulled(_shard.Index, version, _shard.OpenTo(""), weights);
        _lane.Tell(reader, pulled with { Epoch = pull.Epoch, IsOfEpoch = isOfEpoch }, Self);
        return true;
    }

    private bool TrySendWeights(IActorRef worker, ShardProtocol.AwaitParameters awaits)
    {
        if (_shard.WeightsFor(awaits.Worker, awaits.Part, _payload) is not var (version, step, isApplied, weights))
            return false;
        _lane.Tell(
            worker,
            new ShardProtocol.ParametersReady(_shard.Index, awaits.Part, version, step, isApplied, weights),
            Self
        );
        return true;
    }

    private ShardProtocol.Pushed Judge(ShardProtocol.Push push)
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
        // The coordinator reports refusals as events, once a lease; this logs each one.
        if (verdict.Kind == Staleness.VerdictKind.Refused)
            _log.PushRefused(_shard.Index, push.Worker.Node, verdict.Reason);
        // The gradients of an open step have not changed the weights yet.
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
