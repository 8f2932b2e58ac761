using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>One job in a cluster with faults.</summary>
/// <param name="Report">Its report.</param>
/// <param name="Began">When training began, on the log's clock.</param>
/// <param name="Measured">Its steady part.</param>
/// <param name="WorkerSeconds">Seconds that workers ran while it trained, summed jobEnded all workers.</param>
/// <param name="AdmittedSeconds">The same, from when each was admitted to the job.</param>
/// <param name="Outcomes">The outcomes of the faults.</param>
/// <param name="Unexplained">Events about workers without a fault.</param>
internal sealed record ChaosRun(
    TrainingReport Report,
    TimeSpan Began,
    Measured Measured,
    double WorkerSeconds,
    double AdmittedSeconds,
    IReadOnlyList<FaultOutcome> Outcomes,
    IReadOnlyList<SupervisionEvent> Unexplained
)
{
    private static readonly string[] Losses =
    [
        SupervisionEventKinds.WorkerLost,
        SupervisionEventKinds.WorkerUnreachable,
        SupervisionEventKinds.WorkerLeft,
    ];

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
        await using var cluster = await ChaosCluster.StartAsync(
            options.Workers,
            options.Throttle,
            options.NodeSettings,
            () => log.Now
        );
        using var killing = cancellation.Register(cluster.KillAll);
        using var jobEnded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (injector, injections) = (new FaultInjector(cluster, log, jobEnded.Token), new List<Task<FaultOutcome?>>());
        try
        {
            await using var client = TrainingClient.From(cluster.Seed);
            var run = await client.SubmitAsync(job with { MinimumWorkers = options.Workers }, cancellation);
            var listening = log.ListenAsync(run.Events);
            var (steady, began) = (new SteadyRange(() => 0), (TimeSpan?)null);
            await foreach (var progress in run.Progress.WithCancellation(cancellation))
            {
                steady.Follow(progress);
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
                began.Value,
                steady.Measure(report),
                seconds,
                admitted,
                outcomes,
                [
                    .. report.Events.Where(raised =>
                        Losses.Contains(raised.Kind) && outcomes.All(outcome => outcome.Node != raised.Node)
                    ),
                ]
            );
        }
        finally
        {
            // No worker may be started or frozen while the cluster is disposed.
            await jobEnded.CancelAsync();
            await Task.WhenAll(injections);
        }
    }

    private static async Task<FaultOutcome?> InjectAndPrintAsync(FaultInjector injector, Fault fault)
    {
        if (await injector.InjectAsync(fault) is not { } outcome)
            return null;
        Interim.Print(
            $"{fault.Kind.ToString().ToLowerInvariant()} {outcome.Node}",
            ("event", outcome.Detected.Text),
            ("after s", outcome.Detected.Seconds),
            ("then", outcome.Recovered.Text),
            ("after s", outcome.Recovered.Seconds)
        );
        return outcome;
    }
}
