using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Staleness;
using ActorTrain.Telemetry;
using ActorTrain.Tests.Hosting;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Telemetry;

/// <summary>
/// The measurements of a whole job. The listener receives other tests' jobs, too: so the job has a unique name, and
/// sums are lower bounds.
/// </summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly ConcurrentQueue<(
        string Instrument,
        double Value,
        KeyValuePair<string, object?>[] Tags
    )> _measured = [];
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _activities;

    public TelemetryTests()
    {
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ActorTrainTelemetry.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _meter.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, tags.ToArray()))
        );
        _meter.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, tags.ToArray()))
        );
        _meter.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActorTrainTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }

    [Fact]
    public async Task A_job_is_measured_and_traced()
    {
        await using (
            var seed = await InProcessCluster.NodeAsync(
                [NodeRoles.Coordinator, NodeRoles.Server],
                settings: "lane.within-process = off"
            )
        )
        await using (
            await InProcessCluster.NodeAsync(
                [NodeRoles.Worker],
                seed.Address,
                ToyEngines.Linear(),
                "lane.within-process = off"
            )
        )
        {
            var run = await TrainingClient
                .From(seed)
                .SubmitAsync(Jobs.Create(epochs: 2) with { Name = nameof(TelemetryTests) });
            await run.Completion.WaitAsync(Patience);
        }

        Measured(ActorTrainTelemetry.SamplesApplied).Where(IsMine).Sum(measured => measured.Value).ShouldBe(2 * 640);
        Measured(ActorTrainTelemetry.WorkerThroughput).Where(IsMine).ShouldContain(measured => measured.Value > 0);
        Measured(ActorTrainTelemetry.Pushes)
            .Count(measured => Tag(measured, "verdict") == "Applied")
            .ShouldBeGreaterThanOrEqualTo(2 * 640 / 16);
        Measured(ActorTrainTelemetry.Staleness).Count().ShouldBeGreaterThanOrEqualTo(2 * 640 / 16);
        Measured(ActorTrainTelemetry.Events)
            .ShouldContain(measured => Tag(measured, "kind") == SupervisionEventKinds.WorkerJoined);
        Measured(ActorTrainTelemetry.LaneBytes)
            .Sum(measured => measured.Value)
            .ShouldBeGreaterThanOrEqualTo(2 * 640 / 16 * 2 * sizeof(float) * (LinearEngine.Inputs + 1));

        var job = _ended.Single(activity =>
            activity.OperationName == ActorTrainTelemetry.JobActivity
            && (string?)activity.GetTagItem("job") == nameof(TelemetryTests)
        );
        job.GetTagItem("outcome").ShouldBe("completed");
        var parts = _ended.Where(activity => activity.ParentSpanId == job.SpanId).ToList();
        parts
            .Where(part => part.OperationName == ActorTrainTelemetry.EpochActivity)
            .Select(part => part.GetTagItem("epoch"))
            .ShouldBe([1, 2]);
        var evaluations = parts.Where(part => part.OperationName == ActorTrainTelemetry.EvaluationActivity).ToList();
        evaluations.Select(part => part.GetTagItem("epoch")).ShouldBe([1, 2], ignoreOrder: true);
        evaluations.ShouldAllBe(part =>
            part.GetTagItem("accuracy") != null && part.GetTagItem("metric") as string == "accuracy"
        );
    }

    [Fact]
    public void A_refused_push_is_counted_with_its_reason()
    {
        Instruments.Judged(Verdict.Refuse(Refusal.TooStale, "so late"), staleness: 9);

        Measured(ActorTrainTelemetry.PushesRefused).ShouldContain(measured => Tag(measured, "reason") == "TooStale");
    }

    private IEnumerable<(string Instrument, double Value, KeyValuePair<string, object?>[] Tags)> Measured(
        string instrument
    ) => _measured.Where(measured => measured.Instrument == instrument);

    private static bool IsMine((string, double, KeyValuePair<string, object?>[]) measured) =>
        Tag(measured, "job") == nameof(TelemetryTests);

    private static string? Tag((string, double, KeyValuePair<string, object?>[] Tags) measured, string name) =>
        measured.Tags.FirstOrDefault(tag => tag.Key == name).Value as string;
}
