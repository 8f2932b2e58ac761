using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Peer;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A way to exchange a vector that is measured.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Seconds that some exchanges take.</summary>
    double Exchange(int count);
}

/// <summary>The lane, between two actor systems of this process or with another process.</summary>
internal sealed class LaneContestant : IContestant
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private readonly ActorSystem _system;
    private readonly ActorSystem? _neighbour;
    private readonly Child? _child;
    private readonly IActorRef _exchanger;
    private readonly Route _route;

    public LaneContestant(Route route, int floats)
    {
        (_route, _system) = (route, ActorSystem.Create("exchange", route.Configuration));
        string path;
        if (route.Setting is { } setting)
        {
            _child = Child.StartThisProgram(EchoNode.Verb, setting, $"{floats}");
            path = _child.ReadLine();
        }
        else
        {
            _neighbour = ActorSystem.Create("echo", route.Configuration);
            path = Echo.Start(_neighbour, floats);
        }
        // By its path: a selection is refused for actors that are not ActorTrain's.
        var echo = ((ExtendedActorSystem)_system).Provider.ResolveActorRef(path);
        _exchanger = _system.ActorOf(
            Props
                .Create(() => new Exchanger(floats, TensorLane.Get(_system, TensorMessages.Table), echo))
                .WithDispatcher("actortrain.compute-dispatcher")
        );
        // Correctness first: these exchanges compare what arrived with what was sent.
        Exchange(3, read: true);
    }

    public double Exchange(int count) => Exchange(count, _route.Read);

    /// <summary>Managed bytes that both processes have allocated so far.</summary>
    public long Allocated
    {
        get
        {
            _child?.WriteLine("allocated");
            var other = _child is null ? 0 : long.Parse(_child.ReadLine(), CultureInfo.InvariantCulture);
            return other + GC.GetTotalAllocatedBytes(precise: true);
        }
    }

    public void Dispose()
    {
        _child?.Dispose();
        _neighbour?.Terminate().Wait();
        _system.Terminate().Wait();
    }

    private double Exchange(int count, bool read) =>
        _exchanger.Ask<double>(new Exchanger.Go(count, read), Timeout).GetAwaiter().GetResult();
}

/// <summary>A raw socket.</summary>
internal sealed class RawContestant : IContestant
{
    private readonly Child _child;
    private readonly Socket _socket;
    private readonly float[] _sent,
        _back;

    public RawContestant(string kind, int floats)
    {
        _child = Child.StartThisProgram(RawEcho.Verb, kind, $"{floats}");
        _socket = RawEcho.Connect(kind, _child.ReadLine());
        (_sent, _back) = (new float[floats], new float[floats]);
        Echo.Pattern(_sent, 3);
        Exchange(3);
        if (!_sent.AsSpan().SequenceEqual(_back))
            throw new InvalidOperationException("what came back is not what was sent");
    }

    public double Exchange(int count)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            RawEcho.Send(_socket, _sent);
            if (!RawEcho.Receive(_socket, _back))
                throw new InvalidOperationException("the echo ended early");
        }
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _child.Dispose();
    }
}

/// <summary>gloo's send and receive, between two Python processes.</summary>
internal sealed class GlooContestant : IContestant
{
    private readonly Child _child;

    public GlooContestant(PeerPython python, int floats)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        _child = python.Start("gloo_exchange.py", $"{port}", $"{floats}");
        Exchange(3);
    }

    public double Exchange(int count)
    {
        _child.WriteLine($"{count}");
        return double.Parse(_child.ReadLine(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _child.WriteLine("0");
        _child.Dispose();
    }
}
