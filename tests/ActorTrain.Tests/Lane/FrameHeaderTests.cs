using ActorTrain.Lane.Connections;
using CsCheck;

namespace ActorTrain.Tests.Lane;

public sealed class FrameHeaderTests
{
    [Fact]
    public void A_header_is_read_back_from_its_bytes() =>
        Gen.Select(Gen.Byte, Gen.Enum<TransferForm>(), Gen.UShort, Gen.UShort, Gen.Int[0, int.MaxValue], Gen.UInt)
            .Sample(
                (kind, form, route, header, payload, sequence) =>
                {
                    var frame = new FrameHeader(kind, form, route, header, payload, sequence);
                    Span<byte> bytes = stackalloc byte[FrameHeader.Size];
                    frame.Write(bytes);
                    FrameHeader.Read(bytes).ShouldBe(frame);
                }
            );

    [Fact]
    public void A_negative_payload_length_is_refused() =>
        Refused(new FrameHeader(1, TransferForm.F32, 0, 0, -1, 1), "a payload has -1 floats");

    [Fact]
    public void An_unknown_form_is_refused() =>
        Refused(new FrameHeader(1, (TransferForm)7, 0, 0, 1, 1), "a payload has the unknown form 7");

    [Fact]
    public void Another_magic_number_is_refused() =>
        Should
            .Throw<LaneViolationException>(() => FrameHeader.Read("GET / HTTP/1.1 and more"u8))
            .Message.ShouldBe("a message does not begin as one");

    [Theory]
    [InlineData(-1, 10, 5)]
    [InlineData(6, 10, 5)]
    [InlineData(int.MaxValue, 10, 5)]
    [InlineData(0, -10, 5)]
    public void A_reference_outside_its_memory_is_refused(int start, int length, int payload)
    {
        var bytes = new byte[MemoryReference.Size];
        new MemoryReference(3, length, 1, start).Write(bytes);
        Should.Throw<LaneViolationException>(() => MemoryReference.Read(bytes, payload));
    }

    [Fact]
    public void A_reference_is_read_back_from_its_bytes()
    {
        var bytes = new byte[MemoryReference.Size];
        new MemoryReference(3, 10, 4711, 5).Write(bytes);
        MemoryReference.Read(bytes, 5).ShouldBe(new MemoryReference(3, 10, 4711, 5));
    }

    private static void Refused(FrameHeader header, string reason)
    {
        var bytes = new byte[FrameHeader.Size];
        header.Write(bytes);
        Should.Throw<LaneViolationException>(() => FrameHeader.Read(bytes)).Message.ShouldBe(reason);
    }
}
