using ActorTrain.Hosting;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace ActorTrain.Tests.Lane;

/// <summary>The transports between two nodes of one machine: each delivers tensors unchanged.</summary>
public abstract class TransportTests : ActorTests
{
    private const int Length = 100_003;
    private readonly ActorSystem _serverSystem;
    private readonly TestProbe _shard;
    private readonly TestProbe _worker;

    protected TransportTests(string transport)
        : base(NodeConfiguration.Client("127.0.0.1", Settings(transport)), "worker")
    {
        _serverSystem = ActorSystem.Create("server", NodeConfiguration.Client("127.0.0.1", Settings(transport)));
        (_worker, _shard) = (CreateTestProbe(), CreateTestProbe(_serverSystem));
        Server.Admit(_shard, new HashSet<int> { Length });
        Worker.Admit(_worker, new HashSet<int> { Length });
    }

    private protected TensorLane Worker => TensorLane.Get(Sys, TensorMessages.Table);

    private protected TensorLane Server => TensorLane.Get(_serverSystem, TensorMessages.Table);

    protected override void AfterAll()
    {
        Shutdown(_serverSystem);
        base.AfterAll();
    }

    [Theory, InlineData(TransferDType.F32), InlineData(TransferDType.BF16), InlineData(TransferDType.F16)]
    public void A_sent_tensor_arrives_unchanged(TransferDType type)
    {
        var buffer = Worker.Memory.Rent(Length);
        for (var i = 0; i < Length; i++)
            buffer.Values.Span[i] = i % 251 - 125;
        for (var round = 0; round < 3; round++)
        {
            Send(buffer, type, round);
            var push = _shard.ExpectMsg<ShardProtocol.Push>();
            push.Part.Start.ShouldBe(round);
            // Whole numbers up to 256 are the same in every type.
            push.Payload.Values.Span.SequenceEqual(buffer.Values.Span).ShouldBeTrue();
            push.Payload.Release();
        }
    }

    [Fact]
    public void Memory_returns_to_its_writer_after_it_was_read()
    {
        var buffer = Worker.Memory.Rent(Length);
        Send(buffer, TransferDType.F32);
        _shard.ExpectMsg<ShardProtocol.Push>().Payload.Release();
        AwaitAssert(() => buffer.IsRead.ShouldBeFalse());
        Server.Unreleased.ShouldBe(0);
    }

    [Fact]
    public void Lanes_go_on_after_they_have_freed_cached_memory()
    {
        for (var round = 0; round < 3; round++)
        {
            var buffer = Worker.Memory.Rent(Length);
            buffer.Values.Span.Fill(round);
            Send(buffer, TransferDType.F32, round);
            buffer.Release();
            var push = _shard.ExpectMsg<ShardProtocol.Push>();
            // A tensor that is being read meanwhile stays valid.
            Worker.GiveBack();
            Server.GiveBack();
            push.Payload.Values.Span.IndexOfAnyExcept(round).ShouldBe(-1);
            push.Payload.Release();
        }
    }

    [Fact]
    public void A_receiver_that_does_not_read_blocks_the_sender()
    {
        // Three may be unread, and as many may wait at the sender.
        for (var i = 0; i < 3; i++)
            Send(Worker.Memory.Rent(Length), TransferDType.F32, i);
        AwaitAssert(() => Worker.IsIdle(Server.Address).ShouldBeTrue());
        for (var i = 3; i < 6; i++)
            Send(Worker.Memory.Rent(Length), TransferDType.F32, i);
        for (var i = 0; i < 6; i++)
        {
            var push = _shard.ExpectMsg<ShardProtocol.Push>();
            push.Part.Start.ShouldBe(i);
            Server.Unreleased.ShouldBeLessThanOrEqualTo(Server.Options.InFlight);
            push.Payload.Release();
        }
    }

    [Fact]
    public void A_broken_connection_is_reported_to_the_actors_that_use_it()
    {
        Send(Worker.Memory.Rent(Length), TransferDType.F32);
        _shard.ExpectMsg<ShardProtocol.Push>().Payload.Release();
        Shutdown(_serverSystem);
        _worker.ExpectMsg<LaneProtocol.Broken>().Node.ShouldBe(Server.Address);
    }

    private void Send(TensorBuffer buffer, TransferDType type, int start = 0) =>
        Worker.Tell(
            Shard(),
            new ShardProtocol.Push(new SampleRange(1, start, 8), new WorkerId("w:1", 1), 0, buffer.Share(type)),
            _worker
        );

    private IActorRef Shard() =>
        ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(
            _shard.Ref.Path.ToSerializationFormatWithAddress(Server.Address)
        );

    private static Config Settings(string transport) =>
        ConfigurationFactory.ParseString(
            $"actortrain.lane {{ within-process = off, same-machine = {transport}, in-flight = "
                + $"{3 * sizeof(float) * Length}B }}"
        );
}

public sealed class SharedMemoryTransportTests() : TransportTests("shared-memory")
{
    [Fact]
    public void Nothing_is_copied()
    {
        if (!SharedFile.IsSupported)
            return;
        A_sent_tensor_arrives_unchanged(TransferDType.F32);
        Server.Probe.ShouldNotBeNull();
        Server.Memory.Allocated.ShouldBe(0);
    }
}

public sealed class UnixTransportTests() : TransportTests("unix");

public sealed class TcpTransportTests() : TransportTests("tcp");
