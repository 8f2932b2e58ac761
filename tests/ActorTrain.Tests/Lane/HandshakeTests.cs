using ActorTrain.Lane;

namespace ActorTrain.Tests.Lane;

public sealed class HandshakeTests
{
    private readonly byte[] _token = Handshake.NewToken();

    [Fact]
    public void The_nodes_own_token_is_accepted() => Should.NotThrow(() => Handshake.Check(Hello(_token), _token));

    [Fact]
    public void Another_token_is_refused() =>
        Should.Throw<LaneViolationException>(() => Handshake.Check(Hello(Handshake.NewToken()), _token)).Message.ShouldBe("its token is not this node's");

    [Fact]
    public void Another_version_is_refused_by_name()
    {
        var hello = Hello(_token);
        hello[4] = 9;
        Should.Throw<LaneViolationException>(() => Handshake.Check(hello, _token)).Message.ShouldContain("version 9");
    }

    [Fact]
    public void Another_language_is_refused() =>
        Should.Throw<LaneViolationException>(() => Handshake.Check(new byte[Handshake.Size], _token));

    private static byte[] Hello(byte[] token)
    {
        var hello = new byte[Handshake.Size];
        Handshake.Write(hello, token);
        return hello;
    }
}
