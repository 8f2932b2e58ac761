using System.Collections.Concurrent;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Remedies;
using ActorTrain.Settings;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using CsCheck;

namespace ActorTrain.TestKit.Exploration;

/// <summary>
/// Runs a job under random fault scripts, and checks the laws after each: the job ended, each sample counted once, no
/// version went back, nothing that was acknowledged was lost, no actor failed. The first script that breaks a law is
/// shrunk, and reported as the C# that replays it.
/// </summary>
/// <param name="simulation">The cluster. Workers have every kind of trouble. Nodes with the role <c>coordinator</c>
/// alone are killed, frozen or cut off, one at a time, if there are three or more. Nodes with the role <c>server</c>
/// alone are killed, frozen, cut off or leave, one after the other, if there are two or more: a job ends when a shard
/// and its copy are lost at one time. So are nodes that may hold both the coordinator and shards, or their copies, if
/// there are three or more. Where each node that may hold the coordinator is one of these, and the job writes
/// checkpoints, all nodes may be lost at one time.</param>
/// <param name="job">The job.</param>
public sealed class Explorer(Simulation simulation, JobOptions job)
{
    private const int MostTroubles = 8;

    // A job that is not accepted yet ends with its coordinator, and one that does not train yet with a shard: no job
    // snapshot exists. It may wait 5 s for workers that load their data.
    private const double AcceptedBy = 5;
    private const double TrainsBy = 15;

    // Seconds until a server that came back holds copies again.
    private const double CopiedWithin = 12;

    /// <summary>Troubles begin within so many seconds, 0.1 to a million.</summary>
    /// <exception cref="ActorTrainException">The number is out of range.</exception>
    public double Within
    {
        get;
        init => field = Checked.Number("Explorer.Within", value, Bounds.Between(0.1, 1e6));
    } = 30;

    /// <summary>
    /// Whether scripts have no faults. They differ then in the seed, the number of workers and the speed of each, from
    /// 5 to 500 samples a second, constant or memoryless.
    /// </summary>
    public bool WithoutFaults { get; init; }

    /// <summary>
    /// A cluster that all kinds of trouble apply to: three nodes that may host the coordinator, two servers, four
    /// unequal workers.
    /// </summary>
    /// <param name="seed">The simulations' seed.</param>
    public static Simulation Cluster(long seed)
    {
        var cluster = new Simulation(seed) { Limit = TimeSpan.FromMinutes(10) };
        foreach (var i in new[] { 1, 2, 3 })
            cluster = cluster.WithNode(new NodePlan($"coordinator-{i}", [NodeRoles.Coordinator], Speed.Constant(1)));
        foreach (var i in new[] { 1, 2 })
            cluster = cluster.WithNode(new NodePlan($"server-{i}", [NodeRoles.Server], Speed.Constant(1)));
        return cluster
            .WithWorkers(1, Speed.Constant(200))
            .WithWorkers(2, Speed.Exponential(100))
            .WithWorkers(1, Speed.Constant(25));
    }

    /// <summary>A cluster as the commands start it by default: a seed, and four unequal workers, any of which may hold
    /// the coordinator and copies of shards.</summary>
    /// <param name="seed">The simulations' seed.</param>
    public static Simulation DefaultCluster(long seed)
    {
        string[] roles = [NodeRoles.Coordinator, NodeRoles.Standby, NodeRoles.Worker];
        Speed[] speeds = [Speed.Constant(200), Speed.Exponential(100), Speed.Exponential(100), Speed.Constant(25)];
        return speeds
            .Select((speed, index) => new NodePlan($"worker-{index + 1}", roles, speed))
            .Aggregate(
                new Simulation(seed) { Limit = TimeSpan.FromMinutes(10) }.WithSeed(),
                (cluster, node) => cluster.WithNode(node)
            );
    }

    /// <summary>Runs scripts by number: the same number is the same script on every machine.</summary>
    /// <param name="scripts">How many scripts to run, 1 or more.</param>
    /// <param name="first">The number of the first script, 0 or more.</param>
    /// <param name="threads">Simulations at a time; 0 for one per core.</param>
    /// <exception cref="ActorTrainException">An argument is out of range, or the cluster has no workers.</exception>
    /// <exception cref="CsCheckException">A law was broken. The message has the smallest script found, as C#, and what
    /// was wrong.</exception>
    public void Run(int scripts, int first = 1, int threads = 0)
    {
        CheckArguments(scripts, first, threads);
        var generated = WithoutFaults ? RandomSpeeds() : RandomScripts();
        var broken = new ConcurrentBag<int>();
        Parallel.For(
            first,
            first + scripts,
            new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount },
            (number, rest) =>
            {
                try
                {
                    Check(generated.Generate(RandomFor(number), null, out _));
                }
                catch (SimulationFailedException)
                {
                    broken.Add(number);
                    rest.Break();
                }
            }
        );
        if (broken.IsEmpty)
            return;
        var number = broken.Min();
        throw new SmallestScript(script => script.Run(job)).Find(generated, number, RandomFor(number).ToString());
    }

    private void CheckArguments(int scripts, int first, int threads)
    {
        Checked.NotNull("Explorer: job", job, "options, such as JobOptionsReader.Read()");
        Checked.Number("Explorer.Run: scripts", scripts, Bounds.AtLeast(1));
        Checked.Number("Explorer.Run: first", first, Bounds.Between(0, int.MaxValue - (double)scripts));
        Checked.Number("Explorer.Run: threads", threads, Bounds.AtLeast(0));
        var check = new SimulationCheck(
            Checked.NotNull("Explorer: simulation", simulation, "a cluster, such as Explorer.Cluster(seed: 1)")
        );
        check.Check();
        if (NodeNames(roles => roles.Contains(NodeRoles.Worker)).Count == 0)
            throw new ActorTrainException(
                "The explorer's cluster has no workers; add some, such as " + "WithWorkers(4, Speed.Constant(1000))."
            );
    }

    // Each number has its own random stream.
    private static PCG RandomFor(int number) => new((uint)number, 1);

    private void Check(Simulation script) => script.Run(job).ShouldSucceed();

    private Gen<Simulation> RandomSpeeds()
    {
        var workers = NodeNames(roles => roles.Contains(NodeRoles.Worker));
        // Uniform in the logarithm, since the ratio of two speeds is what matters.
        var speed = Gen.Select(Gen.Int[0, 20], Gen.Bool)
            .Select(
                (tenths, isMemoryless) =>
                    Math.Round(5 * Math.Pow(10, tenths / 10.0)) is var rate && isMemoryless
                        ? Speed.Exponential(rate)
                        : Speed.Constant(rate)
            );
        return Gen.Select(speed.Array[1, workers.Count], Gen.Int[1, int.MaxValue])
            .Select(
                (speeds, seed) =>
                    simulation with
                    {
                        Seed = seed,
                        Nodes =
                        [
                            .. simulation.Nodes.Where(node => !workers.Contains(node.Name)),
                            .. simulation
                                .Nodes.Where(node => workers.Contains(node.Name))
                                .Zip(speeds, (node, speed) => node with { Speed = speed }),
                        ],
                    }
            );
    }

    private Gen<Simulation> RandomScripts()
    {
        var workers = NodeNames(roles => roles.Contains(NodeRoles.Worker));
        var coordinators = NodeNames(roles => roles is [NodeRoles.Coordinator]);
        var servers = NodeNames(roles => roles is [NodeRoles.Server]);
        var both = NodeNames(HoldsBoth);
        var when = Gen.Select(Gen.Int[0, (int)(10 * Within)], Gen.Int[1, 250]);
        var workerTroubles = Gen.Select(Gen.Enum<TroubleKind>(), Gen.Int[0, workers.Count - 1], when)
            .Select((kind, worker, at) => new Trouble(kind, workers[worker], at.Item1 / 10.0, at.Item2 / 10.0));
        var coordinatorTroubles = Gen.Select(Gen.Int[0, 2], when)
            .Select(
                (kind, at) =>
                    new Trouble(
                        (TroubleKind)kind,
                        coordinators.FirstOrDefault(""),
                        AcceptedBy + at.Item1 / 10.0,
                        at.Item2 / 10.0
                    )
            );
        var powerCuts = when.Select(at => (Begins: AcceptedBy + at.Item1 / 10.0, Lasts: at.Item2 / 10.0));
        var troubles = Gen.Select(
            workerTroubles.Array[0, MostTroubles],
            coordinatorTroubles.Array[0, coordinators.Count >= 3 ? 2 : 0],
            Losses(servers).Array[0, servers.Count >= 2 ? 2 : 0],
            Losses(both).Array[0, both.Count >= 3 ? 3 : 0],
            powerCuts.Array[0, job.Checkpoint.Every.IsOn && coordinators.Count == 0 ? 1 : 0],
            Gen.Int[1, int.MaxValue]
        );
        return troubles.Select(
            (some, others, lossesOfServers, lossesOfBoth, cuts, seed) =>
                Survivable(some, workers)
                    .Where(trouble => trouble.Kind >= TroubleKind.Slow || !both.Contains(trouble.Node))
                    .Concat(others.Select(trouble => lossesOfServers.Length == 0 ? trouble : AfterBegin(trouble)))
                    .Concat(OneAfterTheOther(lossesOfServers))
                    .Concat(OneAfterTheOther(lossesOfBoth))
                    .SelectMany(trouble => trouble.Faults)
                    .Concat(cuts.SelectMany(cut => PowerCut(cut.Begins, cut.Lasts)))
                    .Aggregate(simulation with { Seed = seed }, (script, fault) => script.At(fault.At, fault.Fault))
        );

        Gen<Trouble> Losses(List<string> nodes) =>
            Gen.Select(Gen.Int[0, (int)TroubleKind.Leave], Gen.Int[0, Math.Max(0, nodes.Count - 1)], when)
                .Select(
                    (kind, node, at) =>
                        new Trouble(
                            (TroubleKind)kind,
                            nodes.ElementAtOrDefault(node) ?? "",
                            at.Item1 / 10.0,
                            at.Item2 / 10.0
                        )
                );
    }

    // With another coordinator a job begins later, and has no copies while the servers' troubles begin.
    private static Trouble AfterBegin(Trouble trouble) =>
        trouble with
        {
            Begins = Math.Round(trouble.Begins + TrainsBy - AcceptedBy, 1),
        };

    private static IEnumerable<(double At, Fault Fault)> PowerCut(double begins, double lasts) =>
        [(begins, Fault.CutPower()), (Math.Round(begins + lasts, 1), Fault.RestorePower())];

    private static bool HoldsBoth(IReadOnlyList<string> roles) =>
        roles.Contains(NodeRoles.Coordinator)
        && (roles.Contains(NodeRoles.Server) || roles.Contains(NodeRoles.Standby));

    // Each begins so many seconds after the one before is over. A node that leaves may take its time.
    private static IEnumerable<Trouble> OneAfterTheOther(IReadOnlyList<Trouble> troubles)
    {
        var over = TrainsBy - CopiedWithin;
        foreach (var trouble in troubles)
        {
            var begins = over + CopiedWithin + trouble.Begins;
            var ends = trouble.Kind == TroubleKind.Leave ? LeaveActor.Timeout.TotalSeconds : 0;
            over = begins + Math.Max(trouble.Lasts, ends);
            yield return trouble with
            {
                Begins = Math.Round(begins, 1),
            };
        }
    }

    // A job ends when the gradient of the same samples is not finite three times, and when an engine fails before
    // training and no other worker is left.
    private static List<Trouble> Survivable(IReadOnlyList<Trouble> troubles, IReadOnlyList<string> workers)
    {
        var notFinite = 0;
        var early = troubles.Where(trouble => trouble.Begins < TrainsBy).Select(trouble => trouble.Node).ToHashSet();
        var isAnyUntroubled = workers.Any(worker => !early.Contains(worker));
        return
        [
            .. troubles.Where(trouble =>
                trouble.Kind switch
                {
                    TroubleKind.NotFinite => ++notFinite < NonFiniteGradientMonitor.Attempts,
                    TroubleKind.FailEngine => isAnyUntroubled || trouble.Begins >= TrainsBy,
                    _ => true,
                }
            ),
        ];
    }

    private List<string> NodeNames(Func<IReadOnlyList<string>, bool> which) =>
        [.. simulation.Nodes.Where(node => which(node.Roles)).Select(node => node.Name)];
}
