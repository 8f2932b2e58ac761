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
        new MemoryProbe.Challenge(17, -5)
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
    public void A_handshake_with_the_nodes_token_is_accepted_and_names_the_peer() =>
        Received(Hello.ToBytes(_token)).ShouldBe(Hello);

    [Fact]
    public void A_handshake_without_shared_memory_is_accepted() =>
        Received((Hello with { Probe = null }).ToBytes(_token)).Probe.ShouldBeNull();

    [Fact]
    public void Another_token_is_refused() =>
        Refused(Hello.ToBytes(Handshake.NewToken())).ShouldBe("its token is not this node's");

    [Fact]
    public void Another_version_is_refused_with_both_versions()
    {
        var hello = Hello.ToBytes(_token);
        hello[4] = 9;
        Refused(hello).ShouldContain("version 9");
    }

    [Fact]
    public void Another_protocol_is_refused() =>
        Refused(new byte[Handshake.Size]).ShouldBe("it does not speak the lane's protocol");

    [Fact]
    public void An_invalid_address_is_refused()
    {
        var hello = Hello.ToBytes(_token);
        hello.AsSpan(Handshake.Size).Fill((byte)'?');
        Refused(hello).ShouldBe("its address is invalid");
    }

    [Fact]
    public void A_probe_is_found_by_its_process_and_its_number()
    {
        if (!SharedFile.IsSupported)
            return;
        var sign = MemoryProbe.TryCreate()!.ToChallenge();
        MemoryProbe.CanMap(Environment.ProcessId, sign).ShouldBeTrue();
        MemoryProbe.CanMap(Environment.ProcessId, sign with { Number = sign.Number + 1 }).ShouldBeFalse();
        MemoryProbe.CanMap(Environment.ProcessId, sign with { Descriptor = 100_000 }).ShouldBeFalse();
    }

    [Fact]
    public void A_handshake_is_read_byte_by_byte()
    {
        var reader = new HandshakeReader(_token);
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
    public void Too_long_an_address_is_refused_before_memory_is_allocated(int length)
    {
        var hello = Hello.ToBytes(_token);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(38), (ushort)length);
        var reader = new HandshakeReader(_token);
        _there.Send(hello);
        Should.Throw<LaneViolationException>(() => reader.Receive(_here)).Message.ShouldContain($"{length:#,0} bytes");
        reader.Capacity.ShouldBe(Handshake.Size);
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
        var reader = new HandshakeReader(_token);
        while (true)
            if (reader.Receive(_here) is { } hello)
                return hello;
    }

    private string Refused(byte[] bytes) => Should.Throw<LaneViolationException>(() => Received(bytes)).Message;
}
