using ActorTrain.Lane;
using ActorTrain.Lane.Connections;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using Akka.Actor;
using CsCheck;

namespace ActorTrain.Tests.Lane;

/// <summary>The bytes before a payload on the wire.</summary>
public sealed class HeaderWriterTests
{
    private static readonly Address Here = new("akka.tcp", "actortrain", "127.0.0.1", 4053);

    [Fact]
    public void Every_payload_begins_on_a_cache_line_of_the_stream() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[0, 1000].Array[1, 20], Gen.Enum<TransferDType>())
            .Sample(
                (handshake, lengths, type) =>
                {
                    var writer = new HeaderWriter(TensorMessages.Table, Here, sent: handshake);
                    long sent = handshake;
                    foreach (var length in lengths)
                    {
                        sent += writer
                            .Write(Message(length, worker: new string('w', length % 40)), (TransferForm)type, 1)
                            .Length;
                        (sent % 64).ShouldBe(0);
                        sent += Narrowing.SizeOf(type) * (long)length;
                    }
                }
            );

    [Fact]
    public void The_beginning_of_a_payload_may_be_sent_with_its_header()
    {
        var alone = new HeaderWriter(TensorMessages.Table, Here, 0)
            .Write(Message(4, "w"), TransferForm.F32, 1)
            .ToArray();
        new HeaderWriter(TensorMessages.Table, Here, 0)
            .Write(Message(4, "w"), TransferForm.F32, 1, reference: null, [1, 2, 3, 4])
            .ToArray()
            .ShouldBe([.. alone, 1, 2, 3, 4]);
    }

    [Fact]
    public void A_route_is_named_once()
    {
        var writer = new HeaderWriter(TensorMessages.Table, Here, 0);
        var first = writer.Write(Message(0, "w"), TransferForm.F32, 1).Length;
        writer.Write(Message(0, "w"), TransferForm.F32, 2).Length.ShouldBeLessThan(first);
    }

    private static Outgoing Message(int floats, string worker) =>
        new(
            ActorRefs.Nobody,
            ActorRefs.Nobody,
            new ShardProtocol.Push(
                new SampleRange(1, 0, 8),
                new WorkerId(worker, 1),
                0,
                TensorSlice.From(new float[floats])
            )
        );
}
