using System.Net;
using System.Net.Sockets;
using ActorTrain.CommandLine;

namespace ActorTrain.Cli.Tests.Running;

/// <summary>
/// Thousands of connections that send nothing, to each port of a seed during training, all closed at once.
/// </summary>
public sealed class SilentConnectionsTests : IDisposable
{
    private const int Descriptors = 1024;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-test-");
    private readonly int _control = FreePort.Reserve();
    private readonly int _lane = FreePort.Reserve();

    private string Cluster => $"127.0.0.1:{_control}";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task More_silent_connections_than_descriptors_neither_end_a_job_nor_keep_workers_out()
    {
        if (!OperatingSystem.IsLinux())
            return; // no such limit elsewhere
        var config = Path.Combine(_folder.FullName, "seed.conf");
        await File.WriteAllTextAsync(config, $"actortrain.lane.port = {_lane}");
        await using var seed = CommandProcess.StartWithFewDescriptors(
            Descriptors,
            "seed",
            "--port",
            $"{_control}",
            "--config",
            config
        );
        await using var worker = Worker();
        await using var train = CommandProcess.Start(SmallJob.Train(Cluster, "--epochs", "100000"));
        await train.LineWith("epoch 2/");

        foreach (var port in new[] { _control, _lane })
            await OpenSilentAndCloseAtOnce(port);

        await train.LineWith("done in");
        await using var another = Worker();
        await another.LineWith("joined the cluster");
        await train.LineWith("2 workers");
        train.Interrupt();
        (await train.ExitCode()).ShouldBe(ExitCodes.Canceled, train.Everything);
    }

    private CommandProcess Worker() => CommandProcess.Start("worker", "--join", Cluster, "--threads", "1");

    private static async Task OpenSilentAndCloseAtOnce(int port)
    {
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < MaxConnections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                silent.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }
            // The seed closed the first to accept the last: it has seen them all.
            (await IsClosed(silent[0])).ShouldBeTrue();
        }
        finally
        {
            foreach (var socket in silent)
                socket.Dispose();
        }
    }

    // 6,000, or fewer if this process may not open as many; in any case more than the seed may open.
    private static int MaxConnections
    {
        get
        {
            var limit = File.ReadLines("/proc/self/limits")
                .First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
            var words = limit.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return long.TryParse(words[3], out var soft) ? (int)Math.Min(6000, soft * 3 / 4) : 6000;
        }
    }

    private static async Task<bool> IsClosed(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromMinutes(10)) == 0;
        }
        catch (SocketException broken) when (broken.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }
}
