using ActorTrain.Hosting;
using ActorTrain.Lane;
using ActorTrain.Lane.Connections;
using ActorTrain.Leases;
using ActorTrain.Server;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace ActorTrain.Tests.Lane;

/// <summary>The roads between two nodes of one machine: what is sent is what arrives, whichever it is.</summary>
public abstract class RoadTests : ActorTests
{
    private const int Length = 100_003;
    private readonly ActorSystem _serverSystem;
    private readonly TestProbe _shard;
    private readonly TestProbe _worker;

    protected RoadTests(string road)
        : base(NodeConfiguration.Client("127.0.0.1", Settings(road)), "worker")
    {
        _serverSystem = ActorSystem.Create("server", NodeConfiguration.Client("127.0.0.1", Settings(road)));
        (_worker, _shard) = (CreateTestProbe(), CreateTestProbe(_serverSystem));
        Server.Admit(_shard, new HashSet<int> { Length });
        Worker.Admit(_worker, new HashSet<int> { Length });
    }

    private protected TensorLane Worker => TensorLane.Get(Sys);

    private protected TensorLane Server => TensorLane.Get(_serverSystem);

    protected override void AfterAll()
    {
        Shutdown(_serverSystem);
        base.AfterAll();
    }

    [Theory, InlineData(PayloadType.F32), InlineData(PayloadType.BF16), InlineData(PayloadType.F16)]
    public void What_is_sent_arrives(PayloadType type)
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
    public void Memory_that_was_read_is_its_writers_again()
    {
        var buffer = Worker.Memory.Rent(Length);
        Send(buffer, PayloadType.F32);
        _shard.ExpectMsg<ShardProtocol.Push>().Payload.Release();
        AwaitAssert(() => buffer.IsRead.ShouldBeFalse());
        Server.Unreleased.ShouldBe(0);
    }

    [Fact]
    public void Lanes_that_have_given_back_what_they_kept_go_on()
    {
        for (var round = 0; round < 3; round++)
        {
            var buffer = Worker.Memory.Rent(Length);
            buffer.Values.Span.Fill(round);
            Send(buffer, PayloadType.F32, round);
            buffer.Release();
            var push = _shard.ExpectMsg<ShardProtocol.Push>();
            // Also what is being read meanwhile stays.
            Worker.GiveBack();
            Server.GiveBack();
            push.Payload.Values.Span.IndexOfAnyExcept(round).ShouldBe(-1);
            push.Payload.Release();
        }
    }

    [Fact]
    public void A_receiver_that_does_not_read_holds_the_sender_back()
    {
        // Three may be unread, as many may wait at the sender.
        for (var i = 0; i < 3; i++)
            Send(Worker.Memory.Rent(Length), PayloadType.F32, i);
        AwaitAssert(() => Worker.IsIdle(Server.Address).ShouldBeTrue());
        for (var i = 3; i < 6; i++)
            Send(Worker.Memory.Rent(Length), PayloadType.F32, i);
        for (var i = 0; i < 6; i++)
        {
            var push = _shard.ExpectMsg<ShardProtocol.Push>();
            push.Part.Start.ShouldBe(i);
            Server.Unreleased.ShouldBeLessThanOrEqualTo(Server.Options.InFlight);
            push.Payload.Release();
        }
    }

    [Fact]
    public void A_broken_connection_is_told_to_those_who_use_it()
    {
        Send(Worker.Memory.Rent(Length), PayloadType.F32);
        _shard.ExpectMsg<ShardProtocol.Push>().Payload.Release();
        Shutdown(_serverSystem);
        _worker.ExpectMsg<LaneProtocol.Broken>().Node.ShouldBe(Server.Address);
    }

    private void Send(TensorBuffer buffer, PayloadType type, int start = 0) =>
        Worker.Tell(
            Shard(),
            new ShardProtocol.Push(new LeasePart(1, start, 8), new WorkerId("w:1", 1), 0, buffer.Share(type)),
            _worker
        );

    private IActorRef Shard() =>
        ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(
            _shard.Ref.Path.ToSerializationFormatWithAddress(Server.Address)
        );

    private static Config Settings(string road) =>
        ConfigurationFactory.ParseString(
            $"actortrain.lane {{ within-process = off, same-machine = {road}, in-flight = "
                + $"{3 * sizeof(float) * Length}B }}"
        );
}

public sealed class SharedMemoryRoadTests() : RoadTests("shared-memory")
{
    [Fact]
    public void Nothing_is_copied()
    {
        if (!SharedFile.IsSupported)
            return;
        What_is_sent_arrives(PayloadType.F32);
        Server.Probe.ShouldNotBeNull();
        Server.Memory.Allocated.ShouldBe(0);
    }
}

public sealed class UnixRoadTests() : RoadTests("unix");

public sealed class TcpRoadTests() : RoadTests("tcp");
