using ActorTrain.Lane;
using CsCheck;

namespace ActorTrain.Tests.Lane;

public sealed class FrameHeaderTests
{
    [Fact]
    public void Comes_back_from_its_bytes_as_it_was() =>
        Gen.Select(Gen.Byte, Gen.Int[1, 2048], Gen.Int[0, 2048], Gen.Int[0, 65536], Gen.Int[0, int.MaxValue]).Sample((kind, target, sender, header, payload) =>
        {
            var frame = new FrameHeader(kind, target, sender, header, payload);
            Span<byte> bytes = stackalloc byte[FrameHeader.Size];
            frame.Write(bytes);
            FrameHeader.Read(bytes).ShouldBe(frame);
        });

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(2049, 0, 0, 0)]
    [InlineData(1, 2049, 0, 0)]
    [InlineData(1, 0, 65537, 0)]
    [InlineData(1, 0, -1, 0)]
    [InlineData(1, 0, 0, -1)]
    public void A_length_beyond_its_bound_is_refused(int target, int sender, int header, int payload)
    {
        var bytes = new byte[FrameHeader.Size];
        new FrameHeader(1, target, sender, header, payload).Write(bytes);
        Should.Throw<LaneViolationException>(() => FrameHeader.Read(bytes));
    }

    [Fact]
    public void Another_beginning_is_refused() =>
        Should.Throw<LaneViolationException>(() => FrameHeader.Read("GET / HTTP/1.1 and more"u8)).Message.ShouldBe("a message does not begin as one");

    [Fact]
    public void The_largest_payload_does_not_overflow() =>
        new FrameHeader(1, 1, 0, 0, int.MaxValue).BodyLength.ShouldBe(1 + 4L * int.MaxValue);
}
