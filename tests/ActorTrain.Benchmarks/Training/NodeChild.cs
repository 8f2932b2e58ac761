using System.Net;
using System.Net.Sockets;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Hosting;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// A seed or a worker process of the command. Its port is chosen here, so that its node's name is known.
/// </summary>
internal sealed class NodeChild : IDisposable
{
    private const string Device = "--device";

    private NodeChild(HostPort address, bool isSeed, NodeFile file, IEnumerable<string> verb)
    {
        (Address, IsSeed) = (address, isSeed);
        Process = Child.StartCommand([
            .. verb,
            "--host",
            address.Host,
            "--port",
            $"{address.Port}",
            "--config",
            file.Path,
        ]);
        Ended = Process.DiscardOutput();
    }

    public HostPort Address { get; }

    /// <summary>Its node, <c>host:port</c>.</summary>
    public string Node => $"{Address}";

    /// <summary>Whether it is a seed, not a worker.</summary>
    public bool IsSeed { get; }

    public Child Process { get; }

    /// <summary>Completes with its last error line when it has ended.</summary>
    public Task<string> Ended { get; }

    /// <param name="seed">The cluster to join.</param>
    /// <param name="file">Its node configuration.</param>
    /// <param name="arguments">Further options of the verb <c>worker</c>; the device is the CPU unless they name
    /// another.</param>
    public static NodeChild StartWorker(HostPort seed, NodeFile file, IReadOnlyList<string> arguments) =>
        new(
            FreeAddress(),
            isSeed: false,
            file,
            [
                "worker",
                "--join",
                $"{seed}",
                "--end-with-input",
                .. arguments.Contains(Device) ? [] : new[] { Device, "cpu" },
                .. arguments,
            ]
        );

    /// <param name="address">Its address: a free one, or that of a seed that has ended.</param>
    /// <param name="file">Its node configuration.</param>
    public static NodeChild StartSeed(HostPort address, NodeFile file) => new(address, isSeed: true, file, ["seed"]);

    public static HostPort FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new HostPort($"{IPAddress.Loopback}", ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    public void Dispose()
    {
        if (IsSeed)
            Process.Send(Signal.Terminate);
        Process.Dispose();
    }
}
