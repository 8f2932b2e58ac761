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
/// <param name="adopted">What an adopted job goes on from; null for a new job.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class ShardCopies(
    ShardPlacementActor.Placed placed,
    LeaseScheduler scheduler,
    double share,
    JobTrainingProtocol.Adopted? adopted,
    Func<TimeSpan> clock
)
{
    // A message may be lost.
    private static readonly TimeSpan SendAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, (long Number, IActorRef Standby)> _complete = [];
    private readonly Dictionary<int, StandbyProtocol.Copied> _arrived = [];
    private readonly HashSet<string> _leaving = [];

    // The requests of the round that is under way, by shard.
    private readonly Dictionary<int, StandbyProtocol.Copy> _round = [];
    private IReadOnlyDictionary<int, IActorRef> _standbys = new Dictionary<int, IActorRef>();
    private long _number;
    private long _alike = adopted?.CopiedAlike ?? 0;
    private bool _areAlike;
    private TimeSpan _sentAt;

    // The number of the first last round.
    private long _firstLast;

    /// <summary>The standbys that have a copy that the shard can be restored from, by shard.</summary>
    public IReadOnlyDictionary<int, IActorRef> Copied =>
        _complete.ToDictionary(complete => complete.Key, complete => complete.Value.Standby);

    /// <summary>Whether the last round has copied all that the leaving nodes have.</summary>
    public bool AreLastComplete => _leaving.All(node => placed.On(node).All(IsCopied));

    private bool IsLast => _leaving.Count > 0;

    private bool MustBeAlike => scheduler.Consistency.Mode == ConsistencyMode.Synchronous && placed.Shards.Length > 1;

    /// <summary>The standbys have changed: a round does not wait for one that is gone.</summary>
    public void Placed(IReadOnlyDictionary<int, IActorRef> standbys)
    {
        _standbys = standbys;
        foreach (var (shard, (_, standby)) in _complete.ToList())
            if (!standby.Equals(standbys.GetValueOrDefault(shard)))
                _complete.Remove(shard);
        var gone = _round
            .Where(copy => copy.Value.Standby?.Equals(standbys.GetValueOrDefault(copy.Key)) == false)
            .Select(copy => copy.Key)
            .ToList();
        if (_areAlike && gone.Count > 0)
            _round.Clear();
        gone.ForEach(shard => _round.Remove(shard));
        if (IsLast && !AreLastComplete)
            BeginNext();
        else
            BeginRound();
    }

    /// <summary>A standby has a whole copy.</summary>
    public void Add(StandbyProtocol.Copied copied)
    {
        if (!_round.TryGetValue(copied.Shard, out var copy) || copy.Number != copied.Number)
            return;
        _arrived[copied.Shard] = copied;
        if (!_areAlike)
            Complete(copied);
        if (_round.Keys.Any(shard => !_arrived.ContainsKey(shard)))
            return;
        _round.Clear();
        if (_areAlike && !AreOfOnePlace(_arrived.Values))
        {
            // Nothing is granted before the last round: shards that differ then stay so, and it is tried again later.
            if (!IsLast)
                BeginNext();
            return;
        }
        if (!_areAlike)
            return;
        // Otherwise the copies of a round before stay: a shard without a standby would be lost with its own copy.
        if (_arrived.Values.All(arrived => arrived.Standby is not null))
            _alike = copied.Number;
        foreach (var arrived in _arrived.Values)
            Complete(arrived);
    }

    /// <summary>Begins the next round when the one before is complete, and repeats requests without an
    /// answer.</summary>
    public void BeginRound()
    {
        if (_standbys.Count == 0)
            return;
        if (_round.Keys.Any(shard => !_arrived.ContainsKey(shard)))
        {
            if (clock() - _sentAt >= SendAgainAfter)
                Send();
            return;
        }
        if (!IsLast || !AreLastComplete)
            BeginNext();
    }

    /// <summary>
    /// Begins the last round before a node with shards leaves: at once, and as fast as the link allows. When it is
    /// complete, no other begins before <see cref="GoOn"/>.
    /// </summary>
    public void BeginLast(string node)
    {
        if (!placed.Nodes.Contains(node) || !_leaving.Add(node) || _leaving.Count > 1)
            return;
        BeginNext();
        _firstLast = _number;
    }

    /// <summary>The nodes have not left.</summary>
    public void GoOn() => _leaving.Clear();

    private void BeginNext()
    {
        _number = _number == 0 ? adopted?.FirstCopy ?? CopyNumbers.Next(0) : CopyNumbers.Next(_number);
        _areAlike = MustBeAlike;
        _round.Clear();
        _arrived.Clear();
        // Without a copy at one place the next is tried at once: when training begins, all shards are alike.
        var isAtOnce = !_areAlike || _alike == 0 || IsLast;
        var place = isAtOnce ? new SampleRange(1, 0, 0) : scheduler.Table.FirstUngranted;
        // Where all may have to go back, a shard without a standby keeps its own snapshot.
        var shards = _areAlike ? Enumerable.Range(0, placed.Shards.Length).Union(_standbys.Keys) : _standbys.Keys;
        foreach (var shard in shards)
        {
            var before = _areAlike ? _alike : _complete.GetValueOrDefault(shard).Number;
            _round[shard] = new(
                _number,
                place,
                _standbys.GetValueOrDefault(shard),
                IsLast ? 1 : share,
                before,
                _areAlike
            );
        }
        Send();
    }

    private void Send()
    {
        _sentAt = clock();
        foreach (var (shard, copy) in _round.Where(copy => !_arrived.ContainsKey(copy.Key)))
            (shard == StandbyProtocol.Buffers ? placed.Buffers : placed.Shards[shard].Place.Shard).Tell(copy);
    }

    private bool IsCopied(int shard) => _complete.TryGetValue(shard, out var copy) && copy.Number >= _firstLast;

    private void Complete(StandbyProtocol.Copied copied)
    {
        if (copied.Standby is { } standby)
            _complete[copied.Shard] = (copied.Number, standby);
    }

    /// <summary>Whether the shards among some copies have applied the same positions.</summary>
    public static bool AreOfOnePlace(IEnumerable<StandbyProtocol.Copied> copies)
    {
        var shards = copies.Where(copied => copied.Shard >= 0).ToList();
        return shards.TrueForAll(copied =>
            copied.CompleteEpochs == shards[0].CompleteEpochs && copied.Applied.SequenceEqual(shards[0].Applied)
        );
    }
}
