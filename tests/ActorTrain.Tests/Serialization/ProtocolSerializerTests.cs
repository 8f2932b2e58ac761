using System.Runtime.Serialization;
using System.Text.Json;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Serialization;
using ActorTrain.Staleness;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.Tests.Serialization;

public sealed class ProtocolSerializerTests() : ActorTests(NodeConfiguration.Client("127.0.0.1", Config.Empty))
{
    public static TheoryData<Type> Messages =>
        new(
            typeof(IWireMessage)
                .Assembly.GetTypes()
                .Where(type =>
                    typeof(IWireMessage).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false }
                )
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
        );

    private Akka.Serialization.Serializer Serializer => Sys.Serialization.FindSerializerForType(typeof(IWireMessage));

    [Theory, MemberData(nameof(Messages))]
    public void Every_message_is_on_the_allow_list_and_is_read_back_unchanged(Type type)
    {
        WireTypes.All.Messages.ShouldContain(type);
        var message = new Samples(TestActor).Of(type);

        var back = Serializer.FromBinary(Serializer.ToBinary(message), type);

        back.ShouldBeOfType(type);
        Json(back).ShouldBe(Json(message));
    }

    public static TheoryData<OptimizerOptions> Optimizers =>
        [
            new Sgd(0.1) { Nesterov = true },
            new Adam(1e-3) { Beta1 = 0.8 },
            new AdamW(1e-3) { WeightDecay = 0.1 },
            new CustomOptimizer("lion", 1e-4) { Settings = new Dictionary<string, string> { ["beta"] = "0.9" } },
        ];

    [Theory, MemberData(nameof(Optimizers))]
    public void A_job_is_read_back_equal_with_each_optimizer(OptimizerOptions optimizer)
    {
        var submit = new ClientProtocol.Submit(
            new JobOptions
            {
                Optimizer = optimizer,
                Staleness = new StalenessOptions { Settings = new Dictionary<string, string> { ["a"] = "1" } },
            }
        );

        Serializer.FromBinary(Serializer.ToBinary(submit), submit.GetType()).ShouldBe(submit);
    }

    [Fact]
    public void Akka_uses_this_serializer_for_control_messages() => Serializer.ShouldBeOfType<ProtocolSerializer>();

    [Fact]
    public void An_actor_reference_in_a_message_resolves_to_the_same_actor()
    {
        var bytes = Akka.Serialization.Serialization.WithTransport(
            (ExtendedActorSystem)Sys,
            () => Serializer.ToBinary(new ClientProtocol.Welcome(TestActor, "1"))
        );
        var back = Serializer.FromBinary<ClientProtocol.Welcome>(bytes);
        back.Coordinator.Tell("hello");
        ExpectMsg("hello");
    }

    [Fact]
    public void A_type_that_is_not_listed_is_not_sent()
    {
        Should
            .Throw<SerializationException>(() => Serializer.ToBinary(new Stranger("hello")))
            .Message.ShouldContain(nameof(Stranger));
    }

    [Fact]
    public void A_type_that_is_not_listed_is_not_received()
    {
        var forged = Forge(new Stranger("hello"));
        Should
            .Throw<SerializationException>(() => Serializer.FromBinary<Stranger>(forged))
            .Message.ShouldContain(nameof(Stranger));
    }

    [Fact]
    public void A_listed_part_is_not_a_message()
    {
        Should.Throw<SerializationException>(() => Serializer.ToBinary(new SampleRange(1, 2, 3)));
        Should.Throw<SerializationException>(() => Serializer.FromBinary<SampleRange>(Forge(new SampleRange(1, 2, 3))));
    }

    [Fact]
    public void A_tensor_message_is_never_serialized() =>
        Should.Throw<SerializationException>(() =>
            Serializer.ToBinary(
                new ShardProtocol.Push(
                    new SampleRange(1, 0, 1),
                    new WorkerId("a:1", 1),
                    0,
                    TensorSlice.From(new float[8])
                )
            )
        );

    [Fact]
    public void Any_broken_bytes_are_refused()
    {
        var random = new Random(3);
        var good = Serializer.ToBinary(new Samples(TestActor).Of(typeof(ClientProtocol.Finished)));
        for (var i = 0; i < 2000; i++)
        {
            var bytes = i % 2 == 0 ? good[..random.Next(good.Length)] : new byte[random.Next(1, 200)];
            if (i % 2 == 1)
                random.NextBytes(bytes);
            Should.Throw<SerializationException>(() => Serializer.FromBinary<ClientProtocol.Finished>(bytes));
        }
    }

    [Fact]
    public void A_message_over_the_frame_limit_is_refused_by_name_at_its_sender()
    {
        var most = ((ProtocolSerializer)Serializer).LargestMessage;
        var message = new ClientProtocol.Failed(new string('x', most), Trained: false);
        EventFilter
            .Error(contains: "Failed has ")
            .ExpectOne(() =>
                Should
                    .Throw<SerializationException>(() => Serializer.ToBinary(message))
                    .Message.ShouldContain("maximum-frame-size")
            );
        Should.Throw<SerializationException>(() => Serializer.FromBinary<ClientProtocol.Failed>(new byte[most + 1]));
    }

    [Fact]
    public void A_start_message_with_the_most_shards_of_a_job_fits_a_frame()
    {
        var shard = Sys.ActorOf(Akka.Actor.Props.Empty, new string('n', 40));
        var places = Enumerable.Range(0, 512).Select(i => new ShardPlace(new ShardSlice(i, i << 20, 1 << 20), shard));
        var start = new WorkerProtocol.Start(new WorkerId("a-long-name-of-a-host:12345", 1), [.. places], shard);
        var bytes = Akka.Serialization.Serialization.WithTransport(
            (ExtendedActorSystem)Sys,
            () => Serializer.ToBinary(start)
        );
        // A node's address may be longer than this one.
        (bytes.Length + 512 * 50).ShouldBeLessThan(((ProtocolSerializer)Serializer).LargestMessage);
    }

    private static byte[] Forge(object message)
    {
        using var stream = new MemoryStream();
        new Hyperion.Serializer(
            new Hyperion.SerializerOptions(
                false,
                false,
                [],
                [],
                [],
                true,
                [],
                disallowUnsafeTypes: false,
                Hyperion.DisabledTypeFilter.Instance
            )
        ).Serialize(message, stream);
        return stream.ToArray();
    }

    private static string Json(object message) => JsonSerializer.Serialize(message, message.GetType(), JsonOptions);

    private static JsonSerializerOptions JsonOptions { get; } = new() { Converters = { new ActorRefAsPath() } };

    private sealed record Stranger(string Name) : IWireMessage;

    private sealed class ActorRefAsPath : System.Text.Json.Serialization.JsonConverter<IActorRef>
    {
        public override IActorRef Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, IActorRef value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Path.Name);
    }
}
