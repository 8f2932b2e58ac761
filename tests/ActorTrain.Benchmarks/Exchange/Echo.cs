using System.Numerics.Tensors;
using ActorTrain.Lane;
using ActorTrain.Server;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A shard that computes nothing: each push is answered with the same parameters.</summary>
internal sealed class Echo : ReceiveActor
{
    /// <summary>Base versions that say what to do with a push, besides answering it.</summary>
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
            // Its sum is answered as the version, so that who pushed can tell that all of it has come.
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
                    _weights.Share(PayloadType.F32)
                ),
                Self
            );
        });
    }

    /// <summary>
    /// Starts one, and returns its path with its number: the lane admits messages to this very actor.
    /// </summary>
    public static string Start(ActorSystem system, int floats)
    {
        var lane = TensorLane.Get(system);
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
