using System.Diagnostics;
using System.Numerics.Tensors;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Server;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A worker that computes nothing: it pushes, takes the answer, and pushes again.</summary>
internal sealed class Exchanger : ReceiveActor
{
    private readonly int _floats;
    private readonly ITensorLane _lane;
    private readonly IActorRef _echo;
    private readonly TensorBuffer _gradient;
    private readonly WorkerId _worker = new("127.0.0.1:1", 1);
    private readonly long _sum;
    private readonly long _answeredSum;
    private Go? _going;
    private IActorRef _asker = ActorRefs.Nobody;
    private int _left;
    private long _began;

    /// <summary>Asks for some exchanges; answered with the seconds they took.</summary>
    public sealed record Go(int Exchanges, bool Read);

    public Exchanger(int floats, ITensorLane lane, IActorRef echo)
    {
        (_floats, _lane, _echo, _gradient) = (floats, lane, echo, lane.Memory.Rent(floats));
        Echo.Pattern(_gradient.Values.Span, 1);
        _answeredSum = (long)TensorPrimitives.Sum(_gradient.Values.Span);
        Echo.Pattern(_gradient.Values.Span, 3);
        _sum = (long)TensorPrimitives.Sum(_gradient.Values.Span);
        Receive<Go>(go =>
        {
            (_going, _asker, _left, _began) = (go, Sender, go.Exchanges, Stopwatch.GetTimestamp());
            Push();
        });
        Receive<ShardProtocol.Pushed>(pushed =>
        {
            if (_going!.Read)
                Check(pushed);
            pushed.Payload.Release();
            if (--_left > 0)
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
                new LeasePart(1, 0, 1),
                _worker,
                _going!.Read ? Echo.Read : Echo.Answer,
                _gradient.Share(PayloadType.F32)
            ),
            Self
        );

    private void Check(ShardProtocol.Pushed pushed)
    {
        var answered = (long)TensorPrimitives.Sum(pushed.Payload.Values.Span);
        if (pushed.Version == _sum && answered == _answeredSum)
            return;
        _asker.Tell(
            new Status.Failure(
                new InvalidOperationException(
                    $"sums {_sum} and {_answeredSum} were sent, {pushed.Version} and {answered} came"
                )
            )
        );
    }
}
