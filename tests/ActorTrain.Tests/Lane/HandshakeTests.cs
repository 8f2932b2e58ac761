using System.Buffers.Binary;
using System.Net.Sockets;
using ActorTrain.Lane;
using ActorTrain.Lane.Connections;
using Akka.Actor;

namespace ActorTrain.Tests.Lane;

public sealed class HandshakeTests : IDisposable
{
    private static readonly Handshake Hello = new(
        new Address("akka.tcp", "train", "10.0.0.1", 4053),
        4711,
        new MemoryProbe.Sign(17, -5)
    );
    private readonly byte[] _token = Handshake.NewToken();
    private readonly Socket _here;
    private readonly Socket _there;

    public HandshakeTests()
    {
        var (listener, name) = LocalSocket.TryListen(4096)!.Value;
        _there = LocalSocket.TryConnect(name, 4096)!;
        _here = listener.Accept();
        listener.Dispose();
        LocalSocket.Remove(name);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public void The_nodes_own_token_is_accepted_and_says_who_connects() =>
        Received(Hello.ToBytes(_token)).ShouldBe(Hello);

    [Fact]
    public void Who_shares_no_memory_says_so() =>
        Received((Hello with { Probe = null }).ToBytes(_token)).Probe.ShouldBeNull();

    [Fact]
    public void Another_token_is_refused() =>
        Refused(Hello.ToBytes(Handshake.NewToken())).ShouldBe("its token is not this node's");

    [Fact]
    public void Another_version_is_refused_by_name()
    {
        var hello = Hello.ToBytes(_token);
        hello[4] = 9;
        Refused(hello).ShouldContain("version 9");
    }

    [Fact]
    public void Another_language_is_refused() =>
        Refused(new byte[Handshake.Size]).ShouldBe("it does not speak the lane's language");

    [Fact]
    public void An_address_that_is_none_is_refused()
    {
        var hello = Hello.ToBytes(_token);
        hello.AsSpan(Handshake.Size).Fill((byte)'?');
        Refused(hello).ShouldBe("its address is none");
    }

    [Fact]
    public void A_probe_is_found_by_its_process_and_its_number()
    {
        if (!SharedFile.IsSupported)
            return;
        var sign = MemoryProbe.TryCreate()!.ToSign();
        MemoryProbe.CanMap(Environment.ProcessId, sign).ShouldBeTrue();
        MemoryProbe.CanMap(Environment.ProcessId, sign with { Number = sign.Number + 1 }).ShouldBeFalse();
        MemoryProbe.CanMap(Environment.ProcessId, sign with { Descriptor = 100_000 }).ShouldBeFalse();
    }

    [Fact]
    public void A_hello_that_comes_byte_by_byte_is_read()
    {
        var reader = new HelloReader(_token);
        var bytes = Hello.ToBytes(_token);
        foreach (var one in bytes[..^1])
        {
            _there.Send([one]);
            reader.Receive(_here).ShouldBeNull();
        }
        _there.Send(bytes[^1..]);
        reader.Receive(_here).ShouldBe(Hello);
    }

    [Theory, InlineData(0), InlineData(1025), InlineData(65_535)]
    public void An_address_that_is_too_long_is_refused_before_there_is_room_for_it(int length)
    {
        var hello = Hello.ToBytes(_token);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(38), (ushort)length);
        var reader = new HelloReader(_token);
        _there.Send(hello);
        Should.Throw<LaneViolationException>(() => reader.Receive(_here)).Message.ShouldContain($"{length:#,0} bytes");
        reader.Room.ShouldBe(Handshake.Size);
    }

    [Fact]
    public void The_longest_address_is_read()
    {
        var name = new string('n', 1024 - "akka.tcp://@10.0.0.1:4053".Length);
        var node = new Address("akka.tcp", name, "10.0.0.1", 4053);
        Received((Hello with { Node = node }).ToBytes(_token)).Node.ShouldBe(node);
    }

    private Handshake Received(byte[] bytes)
    {
        _there.Send(bytes);
        var reader = new HelloReader(_token);
        while (true)
            if (reader.Receive(_here) is { } hello)
                return hello;
    }

    private string Refused(byte[] bytes) => Should.Throw<LaneViolationException>(() => Received(bytes)).Message;
}
