using System.Numerics.Tensors;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A shard that computes nothing: it replies to each push with the same parameters.</summary>
internal sealed class Echo : ReceiveActor
{
    /// <summary>Base versions that ask the shard to reply only, or to read the push as well.</summary>
    public const long Answer = 0,
        Read = 1;

    private readonly int _floats;
    private readonly ITensorLane _lane;
    private readonly TensorBuffer _weights;

    public Echo(int floats, ITensorLane lane)
    {
        (_floats, _lane, _weights) = (floats, lane, lane.Memory.Rent(floats));
        Pattern(_weights.Values.Span, 1);
        Receive<ShardProtocol.Push>(push =>
        {
            // The version is the sum of the push, by which the sender checks that all of it arrived.
            var version = push.BaseVersion == Read ? (long)TensorPrimitives.Sum(push.Payload.Values.Span) : 0;
            push.Payload.Release();
            lane.Tell(
                Sender,
                new ShardProtocol.Pushed(
                    0,
                    push.Part,
                    Verdict.Applied,
                    version,
                    Step: null,
                    _weights.Share(TransferDType.F32)
                ),
                Self
            );
        });
    }

    /// <summary>
    /// Starts one, and returns its path with its UID, since the lane admits messages to this instance only.
    /// </summary>
    public static string Start(ActorSystem system, int floats)
    {
        var lane = TensorLane.Get(system, TensorMessages.Table);
        var echo = system.ActorOf(
            Props.Create(() => new Echo(floats, lane)).WithDispatcher("actortrain.compute-dispatcher")
        );
        return echo.Path.ToSerializationFormatWithAddress(lane.Address);
    }

    protected override void PreStart() => _lane.Admit(Self, new HashSet<int> { _floats });

    /// <summary>Whole numbers whose sum a float holds exactly, whatever the order.</summary>
    public static void Pattern(Span<float> values, int seed)
    {
        values.Clear();
        for (var i = 0; i < values.Length; i += 1009)
            values[i] = (i / 1009 + seed) % 7;
    }
}
