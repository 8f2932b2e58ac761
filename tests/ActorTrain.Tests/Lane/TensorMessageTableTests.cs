using System.Text;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Tests.Serialization;
using Akka.Actor;

namespace ActorTrain.Tests.Lane;

public sealed class TensorMessageTableTests
{
    public static TheoryData<Type> Messages =>
        new(
            typeof(ITensorMessage)
                .Assembly.GetTypes()
                .Where(type =>
                    typeof(ITensorMessage).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false }
                )
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
        );

    [Theory, MemberData(nameof(Messages))]
    public void Every_tensor_message_is_in_the_table_and_is_read_back_from_its_header(Type type)
    {
        TensorMessages.Table.Types.ShouldContain(type);
        var message = (ITensorMessage)new Samples(ActorRefs.Nobody).Of(type);
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
            message.WriteHeader(writer);
        bytes.Position = 0;

        using var reader = new BinaryReader(bytes);
        TensorMessages
            .Table.TryRead(TensorMessages.Table.KindOf(message), reader, message.Payload, out var back)
            .ShouldBeTrue();

        back.ShouldBeEquivalentTo(message);
        bytes.Position.ShouldBe(bytes.Length);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 5)]
    [InlineData(-1, 2)]
    public void A_push_with_a_range_outside_its_slice_is_refused(int offset, int length)
    {
        var push = new ShardProtocol.Push(
            new SampleRange(1, 0, 1),
            new WorkerId("a:1", 1),
            0,
            TensorSlice.From(new float[7])
        )
        {
            Untouched = [new FlatRange(offset, length)],
        };
        using var bytes = new MemoryStream();
        push.WriteHeader(new BinaryWriter(bytes));
        bytes.Position = 0;

        Should.Throw<FormatException>(() => ShardProtocol.Push.Read(new BinaryReader(bytes), push.Payload));
    }

    [Fact]
    public void An_unknown_number_is_not_read()
    {
        using var reader = new BinaryReader(new MemoryStream());
        TensorMessages.Table.TryRead(200, reader, TensorSlice.Empty, out _).ShouldBeFalse();
    }
}
