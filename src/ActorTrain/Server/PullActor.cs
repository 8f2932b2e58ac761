using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>
/// Pulls the parameters of every shard, and the model's buffers, into local memory, asking again where no reply comes;
/// then tells its parent <see cref="Completed"/> and stops. If a shard stops first, it tells <see cref="Lost"/>.
/// </summary>
internal sealed class PullActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(60);

    // Bytes a second: 8 Mbit/s.
    private const double SlowestLink = 1e6;
    private readonly ShardPlace[] _shards;
    private readonly IActorRef? _buffers;
    private readonly ITensorLane _lane;
    private readonly Memory<float> _parameters;
    private readonly Memory<float> _buffersInto;
    private readonly int _epoch;
    private readonly long[] _versions;
    private readonly SampleRange?[] _steps;
    private readonly HashSet<IActorRef> _awaited;
    private bool _hasBuffers;
    private bool _isOfEpoch = true;
    private IDisposable? _admission;

    /// <summary>Pull → parent: all parameters and buffers have been pulled.</summary>
    /// <param name="Versions">Each shard's version, by index.</param>
    /// <param name="Steps">The positions that each shard takes gradients for at that version, by index; null for
    /// any.</param>
    /// <param name="HasBuffers">Whether a worker has reported buffers; otherwise none are written.</param>
    /// <param name="IsOfEpoch">Whether every shard had the weights of the epoch that was asked for.</param>
    public sealed record Completed(long[] Versions, SampleRange?[] Steps, bool HasBuffers, bool IsOfEpoch = true);

    /// <summary>Pull → parent: it failed, since a shard has stopped or does not reply.</summary>
    /// <param name="Reason">What happened.</param>
    /// <param name="HasStopped">Whether a shard has stopped, so that no other node can pull it either.</param>
    public sealed record Lost(string Reason, bool HasStopped);

    private sealed record AskAgain;

    private sealed record TimedOut;

    /// <param name="shards">Where the shards are.</param>
    /// <param name="buffers">The actor that combines the model's buffers; null for a model without any.</param>
    /// <param name="lane">The tensor lane.</param>
    /// <param name="parameters">Memory for the parameters.</param>
    /// <param name="buffersInto">Memory for the buffers.</param>
    /// <param name="epoch">The epoch whose weights are pulled; 0 for the newest.</param>
    public static Props Props(
        ShardPlace[] shards,
        IActorRef? buffers,
        ITensorLane lane,
        Memory<float> parameters,
        Memory<float> buffersInto,
        int epoch = 0
    ) => Akka.Actor.Props.Create(() => new PullActor(shards, buffers, lane, parameters, buffersInto, epoch));

    public PullActor(
        ShardPlace[] shards,
        IActorRef? buffers,
        ITensorLane lane,
        Memory<float> parameters,
        Memory<float> buffersInto,
        int epoch
    )
    {
        (_shards, _buffers, _lane, _parameters, _buffersInto, _epoch) = (
            shards,
            buffers,
            lane,
            parameters,
            buffersInto,
            epoch
        );
        _versions = new long[shards.Length];
        _steps = new SampleRange?[shards.Length];
        _awaited = [.. shards.Select(place => place.Shard)];
        if (buffers is not null)
            _awaited.Add(buffers);

        Receive<AskAgain>(_ => AskAwaited());
        Receive<TimedOut>(_ =>
        {
            Context.Parent.Tell(
                new Lost(
                    $"no weights have come from {NodeOf(_awaited.First())} within {Timeout.TotalSeconds:0} s; a "
                        + "firewall may keep its tensor lane from this node",
                    HasStopped: false
                )
            );
            Context.Stop(Self);
        });
        Receive<ShardProtocol.Pulled>(Store);
        Receive<BuffersProtocol.Pulled>(Store);
        Receive<LaneProtocol.Broken>(_ => AskAwaited());
        Receive<Terminated>(terminated =>
        {
            Context.Parent.Tell(new Lost($"{terminated.ActorRef.Path} has stopped", HasStopped: true));
            Context.Stop(Self);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _admission = _lane.Admit(
            Self,
            _shards.Select(place => place.Slice.Length).Append(_buffersInto.Length).Append(0).ToHashSet()
        );
        foreach (var target in _awaited)
            Context.Watch(target);
        Timers.StartPeriodicTimer("ask", new AskAgain(), AskAgainAfter);
        Timers.StartSingleTimer("timeout", new TimedOut(), Timeout);
        AskAwaited();
    }

    protected override void PostStop() => _admission?.Dispose();

    // A tensor arrives as a whole, so a large one may take long on a slow link.
    private TimeSpan Timeout =>
        ShortestTimeout
        + TimeSpan.FromSeconds(sizeof(float) * ((double)_parameters.Length + _buffersInto.Length) / SlowestLink);

    private static string NodeOf(IActorRef actor) =>
        actor.Path.Address is { HasGlobalScope: true } address ? $"{address.Host}:{address.Port}" : "this node";

    private void AskAwaited()
    {
        foreach (var place in _shards.Where(place => _awaited.Contains(place.Shard)))
            place.Shard.Tell(new ShardProtocol.Pull(_epoch));
        if (_buffers is not null && _awaited.Contains(_buffers))
            _buffers.Tell(new BuffersProtocol.Pull(_epoch));
    }

    private void Store(ShardProtocol.Pulled pulled)
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
        StopIfComplete();
    }

    private void Store(BuffersProtocol.Pulled pulled)
    {
        if (_awaited.Remove(_buffers!) && pulled.Samples > 0)
        {
            pulled.Payload.Values.CopyTo(_buffersInto);
            _hasBuffers = true;
        }
        pulled.Payload.Release();
        StopIfComplete();
    }

    private void StopIfComplete()
    {
        if (_awaited.Count > 0)
            return;
        Context.Parent.Tell(new Completed(_versions, _steps, _hasBuffers, _isOfEpoch));
        Context.Stop(Self);
    }
}
