using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Exchange;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Hosting;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Scale;

/// <summary>
/// Two members of a cluster send each other vectors of 400 MB over sockets without a pause: heartbeats must still
/// arrive.
/// </summary>
internal static class SaturationBenchmark
{
    public const string Verb = "saturation-node";
    private const int Floats = 100_000_000;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);
    private static readonly string[] Routes = ["unix", "tcp"];

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var table = new Table("route", "seconds", "exchanges", "GB/s", "unreachable events");
        foreach (var route in Routes.Where(options.Wants))
            table.Add(await SaturateAsync(route));
        table.Print($"Saturated lane, {Floats:N0} floats a message");
    }

    /// <summary>The other member; it stops when its input ends.</summary>
    public static void RunNeighbour(string[] arguments)
    {
        var node = ActorTrainNode
            .StartAsync(Options(arguments[0], HostPort.Parse(arguments[1])))
            .GetAwaiter()
            .GetResult();
        node.Joined.Wait();
        Console.WriteLine(Echo.Start(node.System, Floats));
        Console.ReadLine();
        node.StopAsync().Wait();
    }

    private static async Task<string[]> SaturateAsync(string route)
    {
        await using var node = await ActorTrainNode.StartAsync(Options(route, null));
        using var neighbour = Child.StartThisProgram(Verb, route, $"{node.Address}");
        // By its path: a selection is refused for actors that are not ActorTrain's.
        var echo = ((ExtendedActorSystem)node.System).Provider.ResolveActorRef(neighbour.ReadLine());
        var lane = TensorLane.Get(node.System, TensorMessages.Table);
        var exchanger = node.System.ActorOf(
            Props.Create(() => new Exchanger(Floats, lane, echo)).WithDispatcher(Threads.DispatcherNames.Compute)
        );
        var unreachable = 0;
        node.System.ActorOf(Props.Create(() => new Watch(() => Interlocked.Increment(ref unreachable))));
        await exchanger.Ask<double>(new Exchanger.Go(1, Read: true), TimeSpan.FromMinutes(1));
        var (watch, exchanges) = (Stopwatch.StartNew(), 0);
        for (; watch.Elapsed < Duration; exchanges++)
            await exchanger.Ask<double>(new Exchanger.Go(1, Read: false), TimeSpan.FromMinutes(1));
        if (unreachable > 0)
            throw new InvalidOperationException($"a node was unreachable {unreachable} times");
        var seconds = watch.Elapsed.TotalSeconds;
        return
        [
            route,
            seconds.ToString("0", CultureInfo.InvariantCulture),
            $"{exchanges}",
            (2.0 * sizeof(float) * Floats * exchanges / seconds / 1e9).ToString("0.0", CultureInfo.InvariantCulture),
            $"{unreachable}",
        ];
    }

    private static StandaloneNodeOptions Options(string route, HostPort? join) =>
        new()
        {
            Roles = [NodeRoles.Server, NodeRoles.Coordinator],
            Join = join,
            Configuration = ConfigurationFactory.ParseString(
                $"akka.loglevel = OFF, actortrain.lane {{ same-machine = {route}, in-flight = 2GiB }}"
            ),
        };

    private sealed class Watch : ReceiveActor
    {
        public Watch(Action unreachable)
        {
            Akka.Cluster.Cluster.Get(Context.System)
                .Subscribe(
                    Self,
                    ClusterEvent.InitialStateAsEvents,
                    typeof(ClusterEvent.UnreachableMember),
                    typeof(ClusterEvent.MemberRemoved)
                );
            Receive<ClusterEvent.UnreachableMember>(_ => unreachable());
            Receive<ClusterEvent.MemberRemoved>(_ => unreachable());
        }
    }
}
