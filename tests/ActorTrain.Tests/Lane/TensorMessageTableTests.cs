using System.Text;
using ActorTrain.Lane;
using ActorTrain.Tests.Serialization;
using Akka.Actor;

namespace ActorTrain.Tests.Lane;

public sealed class TensorMessageTableTests
{
    public static TheoryData<Type> Messages => new(typeof(ITensorMessage).Assembly.GetTypes()
        .Where(type => typeof(ITensorMessage).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false })
        .OrderBy(type => type.FullName, StringComparer.Ordinal));

    [Theory, MemberData(nameof(Messages))]
    public void Every_tensor_message_is_in_the_table_and_comes_back_from_its_header(Type type)
    {
        TensorMessageTable.Types.ShouldContain(type);
        var message = (ITensorMessage)new Samples(ActorRefs.Nobody).Of(type);
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true)) message.WriteHeader(writer);
        bytes.Position = 0;

        using var reader = new BinaryReader(bytes);
        TensorMessageTable.TryRead(TensorMessageTable.KindOf(message), reader, message.Payload, out var back).ShouldBeTrue();

        back.ShouldBe(message);
        bytes.Position.ShouldBe(bytes.Length);
    }

    [Fact]
    public void A_number_that_stands_for_nothing_is_not_read()
    {
        using var reader = new BinaryReader(new MemoryStream());
        TensorMessageTable.TryRead(200, reader, TensorSlice.Empty, out _).ShouldBeFalse();
    }
}
