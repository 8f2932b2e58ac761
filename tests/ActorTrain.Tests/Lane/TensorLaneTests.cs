using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorTrain.Hosting;
using ActorTrain.Lane;
using ActorTrain.Lane.Connections;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace ActorTrain.Tests.Lane;

/// <summary>Two actor systems on this machine: a worker's and a server's.</summary>
public sealed class TensorLaneTests : ActorTests
{
    private const int Length = 1000;
    private static readonly Config Sockets = ConfigurationFactory.ParseString("actortrain.lane.within-process = off");
    private readonly ActorSystem _serverSystem;
    private readonly TestProbe _worker;
    private readonly TestProbe _shard;
    private readonly IDisposable _shardAdmission;

    public TensorLaneTests()
        : base(NodeConfiguration.Client("127.0.0.1", Sockets), "worker")
    {
        _serverSystem = ActorSystem.Create("server", NodeConfiguration.Client("127.0.0.1", Sockets));
        _worker = CreateTestProbe();
        _shard = CreateTestProbe(_serverSystem);
        _shardAdmission = Server.Admit(_shard, new HashSet<int> { Length });
        Worker.Admit(_worker, new HashSet<int> { Length });
    }

    private TensorLane Worker => TensorLane.Get(Sys, TensorMessages.Table);

    private TensorLane Server => TensorLane.Get(_serverSystem, TensorMessages.Table);

    private IActorRef RemoteShard => SeenFrom(Sys, _serverSystem, _shard);

    protected override void AfterAll()
    {
        Shutdown(_serverSystem);
        base.AfterAll();
    }

    [Fact]
    public void A_push_arrives_and_its_answer_comes_back()
    {
        Worker.Tell(RemoteShard, Push(start: 64), _worker);
        var push = _shard.ExpectMsg<ShardProtocol.Push>();
        push.Part.ShouldBe(new SampleRange(1, 64, 8));
        push.Worker.ShouldBe(new WorkerId("w:1", 3));
        push.Payload.Values.ToArray().ShouldBe(Numbers());

        Server.Tell(
            _shard.Sender,
            new ShardProtocol.Pushed(2, push.Part, Verdict.Applied, 7, Step: null, TensorSlice.CopyOf(Numbers())),
            _shard
        );
        var pushed = _worker.ExpectMsg<ShardProtocol.Pushed>();
        (pushed.Shard, pushed.Part, pushed.Verdict, pushed.Version).ShouldBe((2, push.Part, Verdict.Applied, 7L));
        pushed.Payload.Values.ToArray().ShouldBe(Numbers());
        _worker.Sender.Path.Name.ShouldBe(_shard.Ref.Path.Name);
    }

    [Fact]
    public void Messages_arrive_in_the_order_they_were_sent()
    {
        for (var i = 0; i < 100; i++)
            Worker.Tell(RemoteShard, Push(start: i), _worker);
        for (var i = 0; i < 100; i++)
            _shard.ExpectMsg<ShardProtocol.Push>().Part.Start.ShouldBe(i);
    }

    [Fact]
    public void Received_bytes_count_until_they_are_released()
    {
        Worker.Tell(RemoteShard, Push(), _worker);
        var push = _shard.ExpectMsg<ShardProtocol.Push>();
        Server.Unreleased.ShouldBe(sizeof(float) * Length);
        push.Payload.Release();
        Server.Unreleased.ShouldBe(0);
    }

    [Fact]
    public void A_sent_payload_is_released_by_the_lane()
    {
        var owner = new CountingOwner();
        Worker.Tell(
            RemoteShard,
            Push() with
            {
                Payload = new TensorSlice(Numbers(), owner, TransferDType.F32),
            },
            _worker
        );
        _shard.ExpectMsg<ShardProtocol.Push>();
        AwaitAssert(() => owner.Released.ShouldBe(1));
    }

    [Fact]
    public void A_length_that_the_receiver_does_not_expect_closes_the_connection_before_memory_is_allocated()
    {
        Worker.Tell(RemoteShard, Push() with { Payload = TensorSlice.From(new float[Length + 1]) }, _worker);
        Worker.Tell(RemoteShard, Push(start: 5), _worker);
        // The connection is closed, and opened again for valid messages.
        AwaitAssert(() =>
        {
            Worker.Tell(RemoteShard, Push(start: 6), _worker);
            _shard.ExpectMsg<ShardProtocol.Push>(TimeSpan.FromMilliseconds(200)).Part.Start.ShouldBeGreaterThan(4);
        });
        _shard
            .ReceiveWhile(TimeSpan.FromMilliseconds(200), message => (message as ShardProtocol.Push)?.Payload.Length)
            .ShouldAllBe(length => length == Length);
    }

    [Fact]
    public void A_message_to_an_ended_actor_is_skipped_and_the_connection_stays()
    {
        var other = CreateTestProbe(_serverSystem);
        Server.Admit(other, new HashSet<int> { Length });
        _shardAdmission.Dispose();
        Worker.Tell(RemoteShard, Push(), _worker);
        Worker.Tell(SeenFrom(Sys, _serverSystem, other), Push(), _worker);
        other.ExpectMsg<ShardProtocol.Push>();
        _shard.ExpectNoMsg(TimeSpan.Zero);
        Server.Unreleased.ShouldBe(sizeof(float) * Length);
    }

    [Fact]
    public void A_restarted_server_is_connected_again()
    {
        Worker.Tell(RemoteShard, Push(), _worker);
        _shard.ExpectMsg<ShardProtocol.Push>();
        var port = ((ExtendedActorSystem)_serverSystem).Provider.DefaultAddress.Port;
        Shutdown(_serverSystem);

        var again = ActorSystem.Create(
            "server",
            ConfigurationFactory
                .ParseString($"akka.remote.dot-netty.tcp.port = {port}")
                .WithFallback(NodeConfiguration.Client("127.0.0.1", Sockets))
        );
        try
        {
            var shard = CreateTestProbe(again);
            TensorLane.Get(again, TensorMessages.Table).Admit(shard, new HashSet<int> { Length });
            AwaitAssert(() =>
            {
                Worker.Tell(SeenFrom(Sys, again, shard), Push(), _worker);
                shard.ExpectMsg<ShardProtocol.Push>(TimeSpan.FromMilliseconds(200));
            });
        }
        finally
        {
            Shutdown(again);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Training_goes_on_whatever_other_programs_send(bool sharedMemory)
    {
        var random = new Random(11);
        var endpoint = Server.Endpoint!;
        var lent = Worker.Memory.Rent(Length);
        for (var i = 0; i < 300; i++)
        {
            using var stranger = sharedMemory
                ? LocalSocket.TryConnect(endpoint.LocalSocket!, 1 << 16)!
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            if (!sharedMemory)
                stranger.Connect(IPAddress.Loopback, endpoint.Port);
            // One of: noise; the right token and then noise; the right token and then a changed message. Where the
            // system cannot share memory, the local socket carries copies.
            var frame = sharedMemory && Worker.Probe is not null ? Reference(lent) : Frame();
            var bytes =
                i % 3 == 0
                    ? Noise(random)
                    : [.. Hello(endpoint.Token), .. i % 3 == 1 ? Noise(random) : Mutated(random, frame)];
            try
            {
                stranger.Send(bytes);
                stranger.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The connection was closed before all was sent.
            }
            // A mutated message may still be valid; then it is delivered.
        }
        Server.Memory.Allocated.ShouldBeLessThan(300);
        Worker.Tell(RemoteShard, Push(start: 4711), _worker);
        _shard.FishForMessage<ShardProtocol.Push>(push =>
        {
            push.Payload.Length.ShouldBe(Length);
            push.Payload.Release();
            return push.Part.Start == 4711;
        });
        AwaitAssert(() => Server.Unreleased.ShouldBeLessThanOrEqualTo(300 * sizeof(float) * Length));
    }

    [Fact]
    public void A_connection_with_a_wrong_token_is_closed()
    {
        using var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        stranger.Connect(IPAddress.Loopback, Server.Endpoint!.Port);
        stranger.Send(Hello(Handshake.NewToken()));
        // Its remaining bytes are not read: the sender sees an end or a reset.
        Ended(stranger).ShouldBeTrue();
    }

    private static bool Ended(Socket socket)
    {
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    private byte[] Frame()
    {
        var writer = new HeaderWriter(TensorMessages.Table, Worker.Address, sent: 0);
        return
        [
            .. writer.Write(new Outgoing(RemoteShard, ActorRefs.Nobody, Push()), TransferForm.F32, 1, null),
            .. new byte[sizeof(float) * Length],
        ];
    }

    private byte[] Reference(TensorBuffer lent)
    {
        var slice = lent.Share(TransferDType.F32);
        MemoryMarshal
            .TryGetMemoryManager<float, TensorMemory>(slice.Values, out var memory, out var start, out _)
            .ShouldBeTrue();
        var reference = new MemoryReference(memory!.File!.Descriptor, memory.Length, memory.Number, start);
        var writer = new HeaderWriter(TensorMessages.Table, Worker.Address, sent: 0);
        return
        [
            .. writer.Write(
                new Outgoing(RemoteShard, ActorRefs.Nobody, Push() with { Payload = slice }),
                TransferForm.Reference,
                1,
                reference
            ),
        ];
    }

    private static byte[] Mutated(Random random, byte[] frame)
    {
        for (var i = 0; i < 3; i++)
            frame[random.Next(Math.Min(frame.Length, 256))] = (byte)random.Next(256);
        return frame;
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(1, 4096)];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Hello(byte[] token) =>
        new Handshake(Worker.Address, Environment.ProcessId, Worker.Probe?.ToChallenge()).ToBytes(token);

    private static ShardProtocol.Push Push(int start = 0) =>
        new(new SampleRange(1, start, 8), new WorkerId("w:1", 3), 5, TensorSlice.From(Numbers()));

    private static float[] Numbers() => [.. Enumerable.Range(0, Length).Select(i => i * 0.5f)];

    private static IActorRef SeenFrom(ActorSystem here, ActorSystem there, IActorRef actor) =>
        ((ExtendedActorSystem)here).Provider.ResolveActorRef(
            actor.Path.ToSerializationFormatWithAddress(((ExtendedActorSystem)there).Provider.DefaultAddress)
        );
}
