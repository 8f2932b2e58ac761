using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>
/// Pulls the parameters of every shard, and the model's state, into two buffers; tells its parent <see cref="Taken"/>
/// and ends. Asks again what does not answer. If a shard ends meanwhile, the parent hears <see cref="Lost"/>.
/// </summary>
internal sealed class SnapshotActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(60);

    // Bytes a second: 8 Mbit/s.
    private const double SlowestLink = 1e6;
    private readonly ShardPlace[] _shards;
    private readonly IActorRef? _modelState;
    private readonly ITensorLane _lane;
    private readonly Memory<float> _parameters;
    private readonly Memory<float> _state;
    private readonly int _epoch;
    private readonly long[] _versions;
    private readonly LeasePart?[] _steps;
    private readonly HashSet<IActorRef> _awaited;
    private bool _hasState;
    private bool _isOfEpoch = true;
    private IDisposable? _admission;

    /// <summary>Snapshot → parent: the buffers are filled.</summary>
    /// <param name="Versions">Each shard's version, by index.</param>
    /// <param name="Steps">What each shard takes gradients for at that version, by index; null for any.</param>
    /// <param name="HasState">Whether a worker has reported the model's state; the state buffer is untouched
    /// otherwise.</param>
    /// <param name="IsOfEpoch">Whether every shard had the weights of the epoch that was asked for.</param>
    public sealed record Taken(long[] Versions, LeasePart?[] Steps, bool HasState, bool IsOfEpoch = true);

    /// <summary>Snapshot → parent: a shard is gone, there will be no snapshot.</summary>
    public sealed record Lost(string Reason);

    private sealed record Ask;

    private sealed record OutOfPatience;

    /// <param name="shards">Where the shards are.</param>
    /// <param name="modelState">Where the model's state is combined; null for a model without any.</param>
    /// <param name="lane">The road.</param>
    /// <param name="parameters">Room for the parameters.</param>
    /// <param name="state">Room for the state.</param>
    /// <param name="epoch">The epoch at whose end they are wanted; 0 for the newest.</param>
    public static Props Props(
        ShardPlace[] shards,
        IActorRef? modelState,
        ITensorLane lane,
        Memory<float> parameters,
        Memory<float> state,
        int epoch = 0
    ) => Akka.Actor.Props.Create(() => new SnapshotActor(shards, modelState, lane, parameters, state, epoch));

    public SnapshotActor(
        ShardPlace[] shards,
        IActorRef? modelState,
        ITensorLane lane,
        Memory<float> parameters,
        Memory<float> state,
        int epoch
    )
    {
        (_shards, _modelState, _lane, _parameters, _state, _epoch) = (
            shards,
            modelState,
            lane,
            parameters,
            state,
            epoch
        );
        _versions = new long[shards.Length];
        _steps = new LeasePart?[shards.Length];
        _awaited = [.. shards.Select(place => place.Shard)];
        if (modelState is not null)
            _awaited.Add(modelState);

        Receive<Ask>(_ => AskAwaited());
        Receive<OutOfPatience>(_ =>
        {
            Context.Parent.Tell(
                new Lost(
                    $"no weights have come from {NodeOf(_awaited.First())} within {Patience.TotalSeconds:0} s; a "
                        + "firewall may keep its tensor lane from this node"
                )
            );
            Context.Stop(Self);
        });
        Receive<ShardProtocol.Pulled>(Take);
        Receive<ModelStateProtocol.Pulled>(Take);
        Receive<LaneProtocol.Broken>(_ => AskAwaited());
        Receive<Terminated>(gone => Context.Parent.Tell(new Lost($"{gone.ActorRef.Path} has ended")));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _admission = _lane.Admit(
            Self,
            _shards.Select(place => place.Slice.Length).Append(_state.Length).Append(0).ToHashSet()
        );
        foreach (var target in _awaited)
            Context.Watch(target);
        Timers.StartPeriodicTimer("ask", new Ask(), AskAgainAfter);
        Timers.StartSingleTimer("patience", new OutOfPatience(), Patience);
        AskAwaited();
    }

    protected override void PostStop() => _admission?.Dispose();

    // A tensor is seen when all of it is here: a slow link has its time.
    private TimeSpan Patience =>
        LeastPatience
        + TimeSpan.FromSeconds(sizeof(float) * ((double)_parameters.Length + _state.Length) / SlowestLink);

    private static string NodeOf(IActorRef actor) =>
        actor.Path.Address is { HasGlobalScope: true } address ? $"{address.Host}:{address.Port}" : "this node";

    private void AskAwaited()
    {
        foreach (var place in _shards.Where(place => _awaited.Contains(place.Shard)))
            place.Shard.Tell(new ShardProtocol.Pull(_epoch));
        if (_modelState is not null && _awaited.Contains(_modelState))
            _modelState.Tell(new ModelStateProtocol.Pull(_epoch));
    }

    private void Take(ShardProtocol.Pulled pulled)
    {
        if (
            _shards.FirstOrDefault(place => place.Slice.Index == pulled.Shard) is { } place
            && _awaited.Remove(place.Shard)
        )
        {
            pulled.Payload.Values.CopyTo(_parameters.Slice(place.Slice.Offset, place.Slice.Length));
            (_versions[pulled.Shard], _steps[pulled.Shard]) = (pulled.Version, pulled.Step);
            _isOfEpoch &= pulled.IsOfEpoch;
        }
        pulled.Payload.Release();
        EndIfComplete();
    }

    private void Take(ModelStateProtocol.Pulled pulled)
    {
        if (_awaited.Remove(_modelState!) && pulled.Samples > 0)
        {
            pulled.Payload.Values.CopyTo(_state);
            _hasState = true;
        }
        pulled.Payload.Release();
        EndIfComplete();
    }

    private void EndIfComplete()
    {
        if (_awaited.Count > 0)
            return;
        Context.Parent.Tell(new Taken(_versions, _steps, _hasState, _isOfEpoch));
        Context.Stop(Self);
    }
}
