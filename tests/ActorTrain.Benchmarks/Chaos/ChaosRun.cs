using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Supervision;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>One job in a crew, while faults happen to it.</summary>
/// <param name="Report">What came of it.</param>
/// <param name="Began">When training began, on the log's clock.</param>
/// <param name="Measured">Its steady stretch.</param>
/// <param name="WorkerSeconds">Seconds that workers were there while it trained, all of them together.</param>
/// <param name="AdmittedSeconds">The same, from when each was admitted to the job.</param>
/// <param name="Outcomes">What came of the faults.</param>
/// <param name="Unexplained">Events about workers that nothing was done to.</param>
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
    /// <param name="faults">What is to happen, in order.</param>
    /// <param name="cancellation">Ends everything at once.</param>
    public static async Task<ChaosRun> MakeAsync(
        ChaosOptions options,
        JobOptions job,
        IReadOnlyList<Fault> faults,
        CancellationToken cancellation
    )
    {
        var log = new EventLog();
        await using var crew = await Crew.StartAsync(
            options.Workers,
            options.Throttle,
            options.NodeSettings,
            () => log.Now
        );
        using var killing = cancellation.Register(crew.KillAll);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (maker, making) = (new FaultMaker(crew, log, over.Token), new List<Task<FaultOutcome?>>());
        try
        {
            await using var client = TrainingClient.Of(crew.Seed);
            var run = await client.SubmitAsync(job with { MinimumWorkers = options.Workers }, cancellation);
            var listening = log.ListenAsync(run.Events);
            var (steady, began) = (new SteadyStretch(() => 0), (TimeSpan?)null);
            await foreach (var progress in run.Progress.WithCancellation(cancellation))
            {
                steady.Follow(progress);
                if (progress.Phase != JobPhase.Training)
                    continue;
                began ??= log.Now - TimeSpan.FromSeconds(progress.Seconds);
                while (
                    making.Count < faults.Count
                    && progress.SamplesApplied >= faults[making.Count].Due * progress.SamplesExpected
                )
                    making.Add(MakeAndPrintAsync(maker, faults[making.Count]));
            }
            var report = (await run.Completion).Report;
            await listening;
            var ended = began!.Value + TimeSpan.FromSeconds(report.WallSeconds);
            var seconds = crew.WorkerSeconds(began.Value, ended);
            var admitted = crew.AdmittedSeconds(
                began.Value,
                ended,
                (node, since) =>
                    log
                        .All.FirstOrDefault(heard =>
                            heard.At >= since
                            && heard.Event.Node == node
                            && heard.Event.Kind == SupervisionEventKinds.WorkerJoined
                        )
                        ?.At
            );
            await over.CancelAsync();
            List<FaultOutcome> outcomes = [.. (await Task.WhenAll(making)).OfType<FaultOutcome>()];
            return new ChaosRun(
                report,
                began.Value,
                steady.Measure(report),
                seconds,
                admitted,
                outcomes,
                [
                    .. report.Events.Where(happened =>
                        Losses.Contains(happened.Kind) && outcomes.All(outcome => outcome.Node != happened.Node)
                    ),
                ]
            );
        }
        finally
        {
            // Nothing is started, and nobody frozen, once the crew goes.
            await over.CancelAsync();
            await Task.WhenAll(making);
        }
    }

    private static async Task<FaultOutcome?> MakeAndPrintAsync(FaultMaker maker, Fault fault)
    {
        if (await maker.MakeAsync(fault) is not { } outcome)
            return null;
        SoFar.Print(
            $"{fault.Kind.ToString().ToLowerInvariant()} {outcome.Node}",
            ("event", outcome.Noticed.Text),
            ("after s", outcome.Noticed.Seconds),
            ("then", outcome.Mended.Text),
            ("after s", outcome.Mended.Seconds)
        );
        return outcome;
    }
}
