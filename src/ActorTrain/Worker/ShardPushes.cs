using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>Pushes gradients to every shard, and matches the shards' verdicts with them.</summary>
/// <param name="lane">The tensor lane.</param>
/// <param name="shards">The job's shards, by index.</param>
/// <param name="worker">The worker.</param>
/// <param name="type">The job's transfer dtype.</param>
/// <param name="sender">The actor that the shards reply to.</param>
internal sealed class ShardPushes(
    ITensorLane lane,
    ShardPlace[] shards,
    WorkerId worker,
    TransferDType type,
    IActorRef sender
)
{
    private readonly List<PartExchange> _unanswered = [];

    /// <summary>Gradients that some shard has not judged.</summary>
    public int Count => _unanswered.Count;

    /// <summary>Pushes a gradient.</summary>
    public void Push(PartExchange exchange, TimeSpan now)
    {
        _unanswered.Add(exchange);
        Send(exchange, now);
    }

    /// <summary>Pushes again the gradients that were pushed last at this time or before, and returns them.</summary>
    public IEnumerable<PartExchange> PushAgain(TimeSpan since, TimeSpan now)
    {
        foreach (var exchange in _unanswered)
        {
            if (exchange.PushedAt > since)
                continue;
            Send(exchange, now);
            yield return exchange;
        }
    }

    /// <summary>Records a shard's verdict.</summary>
    /// <returns>The gradient that all shards have judged by it; null where others are awaited, or where it is the
    /// second reply to a gradient that was pushed twice.</returns>
    public PartExchange? Judge(ShardProtocol.Pushed pushed)
    {
        if (
            _unanswered.Find(exchange => exchange.Part == pushed.Part) is not { } exchange
            || !exchange.Judge(pushed.Shard, pushed.Verdict)
            || exchange.Awaited.Count > 0
        )
            return null;
        _unanswered.Remove(exchange);
        return exchange;
    }

    private void Send(PartExchange exchange, TimeSpan now)
    {
        exchange.PushedAt = now;
        foreach (var index in exchange.Awaited)
        {
            var (slice, shard) = shards[index];
            var gradient = exchange.Gradient.Share(slice.Offset, slice.Length, type);
            lane.Tell(
                shard,
                new ShardProtocol.Push(exchange.Part, worker, exchange.Versions[index], gradient)
                {
                    Untouched = FlatRange.In(slice, exchange.Untouched),
                },
                sender
            );
        }
    }
}
