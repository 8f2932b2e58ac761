using System.Diagnostics;
using System.Numerics.Tensors;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A worker that computes nothing: it pushes, receives the reply, and pushes again.</summary>
internal sealed class Exchanger : ReceiveActor
{
    private readonly int _floats;
    private readonly ITensorLane _lane;
    private readonly IActorRef _echo;
    private readonly TensorBuffer _gradient;
    private readonly WorkerId _worker = new("127.0.0.1:1", 1);
    private readonly long _sum;
    private readonly long _replySum;
    private Go? _request;
    private IActorRef _asker = ActorRefs.Nobody;
    private int _remaining;
    private long _began;

    /// <summary>Asks for some exchanges; the reply is the seconds that they took.</summary>
    public sealed record Go(int Exchanges, bool Read);

    public Exchanger(int floats, ITensorLane lane, IActorRef echo)
    {
        (_floats, _lane, _echo, _gradient) = (floats, lane, echo, lane.Memory.Rent(floats));
        Echo.Pattern(_gradient.Values.Span, 1);
        _replySum = (long)TensorPrimitives.Sum(_gradient.Values.Span);
        Echo.Pattern(_gradient.Values.Span, 3);
        _sum = (long)TensorPrimitives.Sum(_gradient.Values.Span);
        Receive<Go>(go =>
        {
            (_request, _asker, _remaining, _began) = (go, Sender, go.Exchanges, Stopwatch.GetTimestamp());
            Push();
        });
        Receive<ShardProtocol.Pushed>(pushed =>
        {
            if (_request!.Read)
                Check(pushed);
            pushed.Payload.Release();
            if (--_remaining > 0)
                Push();
            else
                _asker.Tell(Stopwatch.GetElapsedTime(_began).TotalSeconds);
        });
    }

    protected override void PreStart() => _lane.Admit(Self, new HashSet<int> { _floats });

    private void Push() =>
        _lane.Tell(
            _echo,
            new ShardProtocol.Push(
                new SampleRange(1, 0, 1),
                _worker,
                _request!.Read ? Echo.Read : Echo.Answer,
                _gradient.Share(TransferDType.F32)
            ),
            Self
        );

    private void Check(ShardProtocol.Pushed pushed)
    {
        var replied = (long)TensorPrimitives.Sum(pushed.Payload.Values.Span);
        if (pushed.Version == _sum && replied == _replySum)
            return;
        _asker.Tell(
            new Status.Failure(
                new InvalidOperationException(
                    $"sums {_sum} and {_replySum} were sent, {pushed.Version} and {replied} arrived"
                )
            )
        );
    }
}
