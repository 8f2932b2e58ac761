using System.Net;
using System.Net.Sockets;
using ActorTrain.Hosting;

namespace ActorTrain.Tests.Hosting;

public sealed class ListeningPortTests
{
    private static readonly SocketException InUse = new((int)SocketError.AddressAlreadyInUse);

    [Fact]
    public void A_port_in_use_is_refused_in_one_sentence()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Should
            .Throw<ActorTrainException>(() => new ListeningPort("127.0.0.1", port, "--port").Check())
            .Message.ShouldBe(
                $"Port {port} on 127.0.0.1 is in use; choose another with --port, or 0 for any that is free."
            );
    }

    [Fact]
    public void A_port_taken_after_the_check_gives_the_same_error_from_a_nested_exception() =>
        new ListeningPort("127.0.0.1", 4053, "actortrain.lane.port")
            .ErrorFrom(new AggregateException(new InvalidOperationException("outer", InUse)))!
            .Message.ShouldBe(
                "Port 4053 on 127.0.0.1 is in use; choose another with actortrain.lane.port, or 0 for any that is free."
            );

    [Fact]
    public void A_failure_without_a_socket_error_is_not_the_ports() =>
        new ListeningPort("127.0.0.1", 4053, "--port").ErrorFrom(new InvalidOperationException("no")).ShouldBeNull();

    [Fact]
    public async Task Two_nodes_that_both_found_a_port_free_do_not_share_it()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var starts = Enumerable
            .Range(0, 2)
            .Select(_ =>
                Task.Run(() =>
                    ActorTrainNode.StartAsync(new StandaloneNodeOptions { Roles = [NodeRoles.Server], Port = port })
                )
            )
            .ToArray();

        // When both check at the same moment, each may find the other's check.
        foreach (var start in starts)
        {
            try
            {
                await start;
            }
            catch (ActorTrainException refused)
            {
                refused.Message.ShouldContain($"Port {port} on 127.0.0.1 is in use");
            }
        }

        var live = starts.Where(start => start.IsCompletedSuccessfully).ToArray();
        foreach (var start in live)
            await (await start).DisposeAsync();
        live.Length.ShouldBeLessThanOrEqualTo(1);
    }
}
