using ActorTrain.Hosting;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.Tests.Serialization.Paging;

/// <summary>Two actor systems with Akka's default frame.</summary>
public sealed class PagesTests() : ActorTests(NodeConfiguration.Client("127.0.0.1", EchoIsFound))
{
    private static readonly Config EchoIsFound = ConfigurationFactory.ParseString(
        "akka.remote.trusted-selection-paths = [ \"/user/echo\", \"/user/actortrain-pages\" ]"
    );

    [Theory, InlineData(10), InlineData(64_000), InlineData(1_000_000)]
    public async Task A_message_of_any_size_arrives_unchanged_with_its_sender(int size)
    {
        var other = ActorSystem.Create("other", NodeConfiguration.Client("127.0.0.1", EchoIsFound));
        try
        {
            var echo = other.ActorOf(Akka.Actor.Props.Create(() => new Echo()), "echo");
            other.ActorOf(PagesActor.Props(), PagesActor.Name);
            Sys.ActorOf(PagesActor.Props(), PagesActor.Name);
            var address = ((ExtendedActorSystem)other).Provider.DefaultAddress;
            var remote = await Sys.ActorSelection(echo.Path.ToStringWithAddress(address)).ResolveOne(Patience);
            var message = new ClientProtocol.Rejected(new string('x', size));

            remote.TellInPages(Sys, message, TestActor);

            (await ExpectMsgAsync<ClientProtocol.Rejected>()).ShouldBe(message);
            LastSender.Path.Name.ShouldBe("echo");
        }
        finally
        {
            await other.Terminate();
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<ClientProtocol.Rejected>(message => Sender.TellInPages(Context.System, message, Self));
    }
}
