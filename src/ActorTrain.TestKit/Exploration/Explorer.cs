using System.Collections.Concurrent;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.Supervision;
using ActorTrain.TestKit.Nodes;
using CsCheck;

namespace ActorTrain.TestKit.Exploration;

/// <summary>
/// Runs a job under random fault scripts, and looks after each whether what must always be so was: the job ended, each
/// sample counted once, no version went back, nothing that was acknowledged was lost, no actor failed. The first script
/// that breaks a law is made as small as can be found, and told as the C# that replays it.
/// </summary>
/// <param name="simulation"> The cluster. Workers have every kind of trouble; of the nodes with the role
/// <c>coordinator</c> and nothing else one at a time is killed, frozen or cut off, where there are three of them or
/// more; servers have none, since a job ends with its server.
/// </param>
/// <param name="job">The job.</param>
public sealed class Explorer(Simulation simulation, JobOptions job)
{
    private const int MostTroubles = 8;

    // A job that does not train yet ends with its coordinator: nobody has anything to go on with. It may wait 5 s for
    // workers that load their data.
    private const double TrainsBy = 15;

    /// <summary>Seconds from the beginning within which trouble begins, 0.1 to a million.</summary>
    /// <exception cref="ActorTrainException">It is no such number.</exception>
    public double Within
    {
        get;
        init => field = Checked.Number("Explorer.Within", value, Bounds.Between(0.1, 1e6));
    } = 30;

    /// <summary>
    /// Whether scripts have no faults: then they differ by the seed, and by how many workers there are and how fast
    /// each is, from 5 to 500 samples a second, constant or memoryless.
    /// </summary>
    public bool WithoutFaults { get; init; }

    /// <summary>
    /// A cluster in which everything can happen: three nodes that may hold the coordinator, two servers, four unequal
    /// workers.
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

    /// <summary>Explores. Scripts have numbers: the same number is the same script on every machine.</summary>
    /// <param name="scripts">How many scripts to run, 1 or more.</param>
    /// <param name="first">The number of the first, 0 or more.</param>
    /// <param name="threads">Simulations at a time; 0 for one a core.</param>
    /// <exception cref="ActorTrainException">One of them cannot be, or the cluster has no workers.</exception>
    /// <exception cref="CsCheckException">A law was broken: the message tells the smallest script found, as C#, and
    /// what was wrong.</exception>
    public void Run(int scripts, int first = 1, int threads = 0)
    {
        CheckGiven(scripts, first, threads);
        var generated = WithoutFaults ? Clusters() : Scripts();
        var broken = new ConcurrentBag<int>();
        Parallel.For(
            first,
            first + scripts,
            new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount },
            (number, rest) =>
            {
                try
                {
                    Check(generated.Generate(Numbered(number), null, out _));
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
        throw new SmallestScript(script => script.Run(job)).Find(generated, number, Numbered(number).ToString());
    }

    private void CheckGiven(int scripts, int first, int threads)
    {
        Checked.There("Explorer: job", job, "options, such as JobOptionsReader.Read()");
        Checked.Number("Explorer.Run: scripts", scripts, Bounds.AtLeast(1));
        Checked.Number("Explorer.Run: first", first, Bounds.Between(0, int.MaxValue - (double)scripts));
        Checked.Number("Explorer.Run: threads", threads, Bounds.AtLeast(0));
        var check = new SimulationCheck(
            Checked.There("Explorer: simulation", simulation, "a cluster, such as Explorer.Cluster(seed: 1)")
        );
        check.Check();
        if (Names(roles => roles.Contains(NodeRoles.Worker)).Count == 0)
            throw new ActorTrainException(
                "The explorer's cluster has no workers to make trouble for; add some, such as "
                    + "WithWorkers(4, Speed.Constant(1000))."
            );
    }

    // CsCheck's generator, on a stream of its own for each number.
    private static PCG Numbered(int number) => new((uint)number, 1);

    private void Check(Simulation script) => script.Run(job).ShouldBeSound();

    private Gen<Simulation> Clusters()
    {
        var workers = Names(roles => roles.Contains(NodeRoles.Worker));
        // As many a magnitude: the ratio of two speeds is what matters.
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
                                .Zip(speeds, (node, its) => node with { Speed = its }),
                        ],
                    }
            );
    }

    private Gen<Simulation> Scripts()
    {
        var workers = Names(roles => roles.Contains(NodeRoles.Worker));
        var coordinators = Names(roles => roles is [NodeRoles.Coordinator]);
        var when = Gen.Select(Gen.Int[0, (int)(10 * Within)], Gen.Int[1, 250]);
        var ofWorker = Gen.Select(Gen.Enum<TroubleKind>(), Gen.Int[0, workers.Count - 1], when)
            .Select((kind, worker, at) => new Trouble(kind, workers[worker], at.Item1 / 10.0, at.Item2 / 10.0));
        var ofCoordinator = Gen.Select(Gen.Int[0, 2], when)
            .Select(
                (kind, at) =>
                    new Trouble(
                        (TroubleKind)kind,
                        coordinators.FirstOrDefault(""),
                        TrainsBy + at.Item1 / 10.0,
                        at.Item2 / 10.0
                    )
            );
        var troubles = Gen.Select(
            ofWorker.Array[0, MostTroubles],
            ofCoordinator.Array[0, coordinators.Count >= 3 ? 2 : 0],
            Gen.Int[1, int.MaxValue]
        );
        return troubles.Select(
            (some, others, seed) =>
                Bearable(some, workers)
                    .Concat(others)
                    .SelectMany(trouble => trouble.Faults)
                    .Aggregate(simulation with { Seed = seed }, (script, fault) => script.At(fault.At, fault.Fault))
        );
    }

    // Samples whose gradient is not finite three times end a job, and so does an engine that fails in one that does not
    // train yet and has nobody else.
    private static List<Trouble> Bearable(IReadOnlyList<Trouble> troubles, IReadOnlyList<string> workers)
    {
        var notFinite = 0;
        var early = troubles.Where(trouble => trouble.Begins < TrainsBy).Select(trouble => trouble.Node).ToHashSet();
        var isAnyWell = workers.Any(worker => !early.Contains(worker));
        return
        [
            .. troubles.Where(trouble =>
                trouble.Kind switch
                {
                    TroubleKind.NotFinite => ++notFinite < FiniteWatch.Attempts,
                    TroubleKind.FailEngine => isAnyWell || trouble.Begins >= TrainsBy,
                    _ => true,
                }
            ),
        ];
    }

    private List<string> Names(Func<IReadOnlyList<string>, bool> which) =>
        [.. simulation.Nodes.Where(node => which(node.Roles)).Select(node => node.Name)];
}
