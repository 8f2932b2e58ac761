using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>One job in a cluster with faults.</summary>
/// <param name="Report">Its report.</param>
/// <param name="Log">Its events, with the times at which they arrived.</param>
/// <param name="Began">When training began, on the log's clock.</param>
/// <param name="Measured">Its steady part.</param>
/// <param name="Gaps">The times without an applied push.</param>
/// <param name="WorkerSeconds">Seconds that workers ran while it trained, summed over all workers.</param>
/// <param name="AdmittedSeconds">The same, from when each was admitted to the job.</param>
/// <param name="Outcomes">The outcomes of the faults.</param>
/// <param name="Unexplained">Events about workers without a fault.</param>
/// <param name="Strays">What differs between the nodes of the cluster at the end and the processes that run.</param>
internal sealed record ChaosRun(
    TrainingReport Report,
    EventLog Log,
    TimeSpan Began,
    Measured Measured,
    PushGaps Gaps,
    double WorkerSeconds,
    double AdmittedSeconds,
    IReadOnlyList<FaultOutcome> Outcomes,
    IReadOnlyList<SupervisionEvent> Unexplained,
    IReadOnlyList<string> Strays
)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private static readonly string[] Losses =
    [
        SupervisionEventKinds.WorkerLost,
        SupervisionEventKinds.WorkerUnreachable,
        SupervisionEventKinds.WorkerLeft,
    ];

    /// <summary>The longest time between two applied pushes, in seconds.</summary>
    public double LongestStall => Gaps.Longest(Began, TimeSpan.MaxValue).TotalSeconds;

    /// <summary>Shards that were restored from a copy.</summary>
    public int Restored => Report.Events.Count(raised => raised.Kind == SupervisionEventKinds.ShardRestored);

    /// <summary>The longest time between two applied pushes around a fault, in seconds.</summary>
    public double StallOf(FaultOutcome outcome) => Gaps.Longest(outcome.Began, outcome.Ended).TotalSeconds;

    /// <summary>Whether another coordinator went on after a fault.</summary>
    public bool HasMoved(FaultOutcome outcome) =>
        Log.All.Any(entry =>
            entry.Event.Kind == SupervisionEventKinds.CoordinatorMoved
            && entry.At >= outcome.Began
            && entry.At <= outcome.Ended
        );

    /// <summary>Runs it.</summary>
    /// <param name="options">How many workers, and their settings.</param>
    /// <param name="job">The job.</param>
    /// <param name="faults">The faults, in order.</param>
    /// <param name="cancellation">Kills everything at once.</param>
    public static async Task<ChaosRun> RunAsync(
        ChaosOptions options,
        JobOptions job,
        IReadOnlyList<Fault> faults,
        CancellationToken cancellation
    )
    {
        var log = new EventLog();
        await using var cluster = new ChaosCluster(
            options.Workers,
            options.Throttle,
            options.NodeSettings,
            () => log.Now
        );
        using var killing = cancellation.Register(cluster.KillAll);
        using var jobEnded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var client = await ConnectAsync(cluster, cancellation);
        var gaps = new PushGaps();
        var injector = new FaultInjector(cluster, client, log, () => gaps.SamplesApplied, jobEnded.Token);
        var injections = new List<Task<FaultOutcome?>>();
        try
        {
            var run = await client.SubmitAsync(job with { MinimumWorkers = options.Workers }, cancellation);
            var listening = log.ListenAsync(run.Events);
            var (steady, began) = (new SteadyRange(() => 0), (TimeSpan?)null);
            await foreach (var progress in run.Progress.WithCancellation(cancellation))
            {
                steady.Follow(progress);
                gaps.Follow(progress, log.Now);
                if (progress.Phase != JobPhase.Training)
                    continue;
                began ??= log.Now - TimeSpan.FromSeconds(progress.Seconds);
                while (
                    injections.Count < faults.Count
                    && progress.SamplesApplied >= faults[injections.Count].Due * progress.SamplesExpected
                )
                    injections.Add(InjectAndPrintAsync(injector, faults[injections.Count]));
            }
            var report = (await run.Completion).Report;
            await listening;
            var ended = began!.Value + TimeSpan.FromSeconds(report.WallSeconds);
            var seconds = cluster.WorkerSeconds(began.Value, ended);
            var admitted = cluster.AdmittedSeconds(
                began.Value,
                ended,
                (node, since) =>
                    log
                        .All.FirstOrDefault(logged =>
                            logged.At >= since
                            && logged.Event.Node == node
                            && logged.Event.Kind == SupervisionEventKinds.WorkerJoined
                        )
                        ?.At
            );
            await jobEnded.CancelAsync();
            List<FaultOutcome> outcomes = [.. (await Task.WhenAll(injections)).OfType<FaultOutcome>()];
            return new ChaosRun(
                report,
                log,
                began.Value,
                steady.Measure(report),
                gaps,
                seconds,
                admitted,
                outcomes,
                [
                    .. report.Events.Where(raised =>
                        Losses.Contains(raised.Kind) && outcomes.All(outcome => outcome.Node != raised.Node)
                    ),
                ],
                // A fault that the job's end cut short leaves a node away.
                cluster.Present.Count
                == options.Workers + 1
                    ? FindStrays(await client.GetStatusAsync(cancellation), cluster)
                    : []
            );
        }
        finally
        {
            // No worker may be started or frozen while the cluster is disposed.
            await jobEnded.CancelAsync();
            await Task.WhenAll(injections);
        }
    }

    private static async Task<TrainingClient> ConnectAsync(ChaosCluster cluster, CancellationToken cancellation)
    {
        var quiet = ConfigurationFactory.ParseString("akka.loglevel = OFF");
        var connecting = TrainingClient.ConnectAsync(cluster.Seed, StartTimeout, quiet, cancellation);
        var ended = cluster.Present[0].Ended;
        return await Task.WhenAny(connecting, ended) == ended
            ? throw new InvalidOperationException(await ended)
            : await connecting;
    }

    private static IReadOnlyList<string> FindStrays(ClusterStatus status, ChaosCluster cluster)
    {
        var nodes = status.Nodes.Where(node => node.Absence is null).Select(node => node.Node).ToHashSet();
        nodes.SymmetricExceptWith(cluster.Present.Select(node => node.Node));
        return [.. nodes.Order()];
    }

    private static async Task<FaultOutcome?> InjectAndPrintAsync(FaultInjector injector, Fault fault)
    {
        if (await injector.InjectAsync(fault) is not { } outcome)
            return null;
        Interim.Print(
            $"{outcome.Kind} {outcome.NodeAndRole}",
            ("event", outcome.Detected.Text),
            ("after s", outcome.Detected.Seconds),
            ("then", outcome.Recovered.Text),
            ("after s", outcome.Recovered.Seconds)
        );
        return outcome;
    }
}
