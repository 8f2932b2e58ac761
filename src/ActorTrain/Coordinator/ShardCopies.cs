using ActorTrain.Consistency;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Has the shards and buffers of a job copied to their standbys, all of them in one round after the other. The shards
/// of a synchronous job must all be copied at one place of the order: the first place that no worker computes yet, so
/// that no shard has passed it. A round in which they differ is repeated, and the copies of the round before it stay.
/// </summary>
/// <param name="placed">Where the shards are.</param>
/// <param name="scheduler">The job's leases and consistency model.</param>
/// <param name="share">The part of the time that copies may be on their way.</param>
/// <param name="first">The number of the first round.</param>
internal sealed class ShardCopies(ShardPlacementActor.Placed placed, LeaseScheduler scheduler, double share, long first)
{
    private readonly Dictionary<int, (long Number, IActorRef Standby)> _complete = [];
    private readonly Dictionary<int, StandbyProtocol.Copied> _arrived = [];
    private IReadOnlyDictionary<int, IActorRef> _standbys = new Dictionary<int, IActorRef>();
    private long _number;
    private bool _areAlike;
    private bool _isUnderWay;

    /// <summary>The standbys that have a copy that the shard can be restored from, by shard.</summary>
    public IReadOnlyDictionary<int, IActorRef> Copied =>
        _complete.ToDictionary(complete => complete.Key, complete => complete.Value.Standby);

    private bool MustBeAlike => scheduler.Consistency.Mode == ConsistencyMode.Synchronous && placed.Shards.Length > 1;

    /// <summary>The standbys have changed: a round that waits for others is given up.</summary>
    public void Placed(IReadOnlyDictionary<int, IActorRef> standbys)
    {
        _standbys = standbys;
        foreach (var (shard, (_, standby)) in _complete.ToList())
            if (!standby.Equals(standbys.GetValueOrDefault(shard)))
                _complete.Remove(shard);
        _isUnderWay = false;
        BeginRound();
    }

    /// <summary>A standby has a whole copy.</summary>
    public void Add(StandbyProtocol.Copied copied)
    {
        if (copied.Number != _number || !copied.Standby.Equals(_standbys.GetValueOrDefault(copied.Shard)))
            return;
        _arrived[copied.Shard] = copied;
        if (!_areAlike)
            _complete[copied.Shard] = (copied.Number, copied.Standby);
        if (!_isUnderWay || _arrived.Count < _standbys.Count)
            return;
        _isUnderWay = false;
        if (_areAlike && !AreOfOnePlace)
        {
            BeginRound();
            return;
        }
        foreach (var (shard, arrived) in _arrived)
            _complete[shard] = (arrived.Number, arrived.Standby);
    }

    /// <summary>Begins the next round, unless one is under way.</summary>
    public void BeginRound()
    {
        if (_isUnderWay || _standbys.Count == 0)
            return;
        (_isUnderWay, _areAlike) = (true, MustBeAlike);
        _number = _number == 0 ? first : CopyNumbers.Next(_number);
        _arrived.Clear();
        foreach (var (shard, standby) in _standbys)
        {
            var source = shard == StandbyProtocol.Buffers ? placed.Buffers! : placed.Shards[shard].Place.Shard;
            var before = _complete.GetValueOrDefault(shard).Number;
            source.Tell(new StandbyProtocol.Copy(_number, Place, standby, share, before, _areAlike));
        }
    }

    // When training begins, all shards are alike, and are copied at once.
    private SampleRange Place =>
        _areAlike && _complete.Count > 0 ? scheduler.Table.FirstUngranted : new SampleRange(1, 0, 0);

    private bool AreOfOnePlace
    {
        get
        {
            var shards = _arrived.Values.Where(copied => copied.Shard >= 0).ToList();
            return shards.TrueForAll(copied =>
                copied.CompleteEpochs == shards[0].CompleteEpochs && copied.Applied.SequenceEqual(shards[0].Applied)
            );
        }
    }
}
