using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Peer;
using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A way to exchange a vector: how long some exchanges take by it.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Seconds that some exchanges take.</summary>
    double Exchange(int count);
}

/// <summary>The lane, between two systems of this process or with a process of its own.</summary>
internal sealed class LaneContestant : IContestant
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly ActorSystem _system;
    private readonly ActorSystem? _neighbour;
    private readonly Child? _child;
    private readonly IActorRef _exchanger;
    private readonly Road _road;

    public LaneContestant(Road road, int floats)
    {
        (_road, _system) = (road, ActorSystem.Create("exchange", road.Configuration));
        string path;
        if (road.Setting is { } setting)
        {
            _child = Child.OfThisProgram(EchoNode.Verb, setting, $"{floats}");
            path = _child.Hear();
        }
        else
        {
            _neighbour = ActorSystem.Create("echo", road.Configuration);
            path = Echo.Start(_neighbour, floats);
        }
        // By its path, and not by a selection, which systems of ours take for actors of ActorTrain alone.
        var echo = ((ExtendedActorSystem)_system).Provider.ResolveActorRef(path);
        _exchanger = _system.ActorOf(
            Props
                .Create(() => new Exchanger(floats, TensorLane.Get(_system), echo))
                .WithDispatcher("actortrain.compute-dispatcher")
        );
        // Right before it is fast: these read and compare what came.
        Exchange(3, read: true);
    }

    public double Exchange(int count) => Exchange(count, _road.Read);

    /// <summary>Managed bytes that this process and the other have allocated so far.</summary>
    public long Allocated
    {
        get
        {
            _child?.Tell("allocated");
            var there = _child is null ? 0 : long.Parse(_child.Hear(), CultureInfo.InvariantCulture);
            return there + GC.GetTotalAllocatedBytes(precise: true);
        }
    }

    public void Dispose()
    {
        _child?.Dispose();
        _neighbour?.Terminate().Wait();
        _system.Terminate().Wait();
    }

    private double Exchange(int count, bool read) =>
        _exchanger.Ask<double>(new Exchanger.Go(count, read), Patience).GetAwaiter().GetResult();
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
        _child = Child.OfThisProgram(RawEcho.Verb, kind, $"{floats}");
        _socket = RawEcho.Connect(kind, _child.Hear());
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
        _child.Tell($"{count}");
        return double.Parse(_child.Hear(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _child.Tell("0");
        _child.Dispose();
    }
}
