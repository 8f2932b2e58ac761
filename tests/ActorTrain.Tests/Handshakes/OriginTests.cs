using System.Net;
using ActorTrain.Handshakes;

namespace ActorTrain.Tests.Handshakes;

public sealed class OriginTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void Connections_of_one_machine_have_one_origin(string one, string other, bool same) =>
        (OriginOf(one) == OriginOf(other)).ShouldBe(same);

    [Fact]
    public void A_connection_without_an_address_is_from_this_machine() => Origin.From(null).ShouldBe("this machine");

    [Theory, InlineData("::ffff:10.0.0.1", "10.0.0.1:4053"), InlineData("2001:db8::1", "[2001:db8::1]:4053")]
    public void A_connections_name_is_its_address_as_users_write_it(string address, string name) =>
        Origin.NameOf(new IPEndPoint(IPAddress.Parse(address), 4053)).ShouldBe(name);

    private static string OriginOf(string address) => Origin.From(new IPEndPoint(IPAddress.Parse(address), 4053));
}
