using System.Diagnostics;
using static ActorTrain.Telemetry.Instruments;

namespace ActorTrain.Telemetry;

/// <summary>The metrics and traces of a job's coordinator: the job, its epochs, its evaluations.</summary>
internal sealed class JobTelemetry : IDisposable
{
    private readonly int _epochs;
    private readonly KeyValuePair<string, object?> _name;
    private readonly Activity? _job;
    private readonly Dictionary<int, Activity?> _evaluations = [];
    private Activity? _epoch;
    private long _applied;

    public JobTelemetry(string job, int epochs)
    {
        (_epochs, _name) = (epochs, Tag("job", job));
        _job = Begin(ActorTrainTelemetry.JobActivity, null);
        _job?.SetTag("job", job).SetTag("outcome", "failed");
    }

    /// <summary>Training begins, or goes on with another coordinator.</summary>
    public void Begins(long applied, int epoch)
    {
        _applied = applied;
        BeginEpoch(epoch);
    }

    public void Applied(long applied)
    {
        // The slowest shard's count is the one that counts; it never decreases.
        if (applied <= _applied)
            return;
        SamplesApplied.Add(applied - _applied, _name);
        _applied = applied;
    }

    public void LeaseEnded(string worker, double throughput) =>
        WorkerThroughput.Record(throughput, _name, Tag("worker", worker));

    public void EpochCompleted(int epoch)
    {
        End(_epoch);
        BeginEpoch(epoch + 1);
    }

    public void EvaluationGiven(int epoch, string worker)
    {
        EvaluationEnded(epoch, null);
        _evaluations[epoch] = Begin(ActorTrainTelemetry.EvaluationActivity, _job)
            ?.SetTag("epoch", epoch)
            .SetTag("worker", worker);
    }

    public void EvaluationEnded(int epoch, double? accuracy, string metric = "")
    {
        if (!_evaluations.Remove(epoch, out var evaluation))
            return;
        if (accuracy is null)
            evaluation?.SetStatus(ActivityStatusCode.Error, "it was not finished");
        else
            evaluation?.SetTag("accuracy", accuracy).SetTag("metric", metric);
        End(evaluation);
    }

    /// <summary>The job has ended in order.</summary>
    public void Ended(bool isCanceled) => _job?.SetTag("outcome", isCanceled ? "canceled" : "completed");

    public void Dispose()
    {
        foreach (var epoch in _evaluations.Keys.ToList())
            EvaluationEnded(epoch, null);
        End(_epoch);
        End(_job);
    }

    private void BeginEpoch(int epoch) =>
        _epoch = epoch > _epochs ? null : Begin(ActorTrainTelemetry.EpochActivity, _job)?.SetTag("epoch", epoch);

    // An actor keeps an activity over many messages: it must not become the current one of the thread that it runs on.
    private static Activity? Begin(string name, Activity? parent)
    {
        if (!Activities.HasListeners())
            return null;
        var current = Activity.Current;
        Activity.Current = parent;
        var begun = Activities.StartActivity(name);
        Activity.Current = current;
        return begun;
    }

    private static void End(Activity? activity)
    {
        if (activity is null)
            return;
        var current = Activity.Current;
        activity.Stop();
        Activity.Current = current;
    }
}
