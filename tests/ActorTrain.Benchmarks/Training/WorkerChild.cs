using System.Net;
using System.Net.Sockets;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Hosting;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// A worker process of the command. Its port is chosen here, so that its node's name is known.
/// </summary>
internal sealed class WorkerChild : IDisposable
{
    private const string Host = "127.0.0.1";
    private const string Device = "--device";

    private WorkerChild(string node, Child process) =>
        (Node, Process, Ended) = (node, process, process.DiscardOutput());

    /// <summary>Its node, <c>host:port</c>.</summary>
    public string Node { get; }

    public Child Process { get; }

    /// <summary>Completes with its last error line when it has ended.</summary>
    public Task<string> Ended { get; }

    /// <param name="seed">The cluster to join.</param>
    /// <param name="file">Its node configuration.</param>
    /// <param name="arguments">Further options of the verb <c>worker</c>; the device is the CPU unless they name
    /// another.</param>
    public static WorkerChild Start(HostPort seed, NodeFile file, IReadOnlyList<string> arguments)
    {
        var port = FreePort();
        return new WorkerChild(
            $"{Host}:{port}",
            Child.StartCommand([
                "worker",
                "--join",
                $"{seed}",
                "--host",
                Host,
                "--port",
                $"{port}",
                "--config",
                file.Path,
                "--end-with-input",
                .. arguments.Contains(Device) ? [] : new[] { Device, "cpu" },
                .. arguments,
            ])
        );
    }

    public void Dispose() => Process.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
