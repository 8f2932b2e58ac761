using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Has epochs evaluated by workers: sends out the evaluations of an <see cref="EvaluationQueue"/>, raises events about
/// them, and holds leases back where evaluations are behind (<see cref="EvaluationPace"/>).
/// </summary>
/// <param name="job">What is trained.</param>
/// <param name="record">The job's counts.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="placed">Where the shards are.</param>
/// <param name="telemetry">The job's metrics.</param>
/// <param name="raised">The job's events.</param>
/// <param name="grants">Grants leases, where more epochs may be granted than before.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class EpochEvaluations(
    JobOptions job,
    JobRecord record,
    LeaseScheduler scheduler,
    ShardPlacementActor.Placed placed,
    JobTelemetry telemetry,
    TrainingEvents raised,
    LeaseGrants grants,
    Func<TimeSpan> clock
)
{
    private readonly EvaluationQueue _queue = new();
    private readonly EvaluationPace _pace = new(job, record.Admission!.Model);
    private readonly EvaluationEvents _events = new(record.Metric);

    /// <summary>Whether any evaluation is requested or under way.</summary>
    public bool AreOpen => _queue.Open;

    /// <summary>The first epoch whose weights are kept for its evaluation.</summary>
    public int FirstKept => _pace.FirstKept;

    /// <summary>The last epoch that is complete; 0 before the first.</summary>
    public int CompletedEpochs { get; private set; }

    /// <summary>An epoch is complete: requests its evaluation where it has one, and none is known yet.</summary>
    public void EpochCompleted(int epoch)
    {
        CompletedEpochs = epoch;
        if (IsToBeEvaluated(epoch) && !record.IsEvaluated(epoch))
            _queue.Add(epoch);
    }

    /// <summary>A worker has evaluated an epoch, and may get the next.</summary>
    public void Succeeded(WorkerProtocol.Evaluated evaluated)
    {
        record.Evaluated(evaluated.Epoch, evaluated.Evaluation);
        _queue.Done(evaluated.Epoch);
        telemetry.EvaluationEnded(evaluated.Epoch, evaluated.Evaluation.Accuracy, record.Metric);
        if (!double.IsFinite(evaluated.Evaluation.Loss))
            raised.Raise(_events.NotFinite(evaluated.Epoch, evaluated.Evaluation));
        raised.Evaluated();
        KeepPace();
        Send();
    }

    /// <summary>A worker could not evaluate an epoch: another gets it, unless its weights are no longer kept.</summary>
    public void Failed(WorkerProtocol.EvaluationFailed failed)
    {
        if (failed.IsPast)
        {
            raised.Raise(_events.Lost(failed.Worker.Node, failed.Reason));
            _queue.Done(failed.Epoch);
            KeepPace();
        }
        else
        {
            _queue.Failed(failed.Epoch, failed.Worker.Node);
            RaiseFailed(failed.Epoch, failed.Worker.Node, failed.Reason);
        }
        Send();
    }

    /// <summary>Gives evaluations that have taken longer than the timeout to others.</summary>
    public void Expire(TimeSpan timeout)
    {
        foreach (var (epoch, node) in _queue.Expire(clock(), timeout))
            RaiseFailed(
                epoch,
                node,
                $"epoch {epoch} was not evaluated within {Plural.Format(timeout.TotalMinutes, "minute")}"
            );
        Send();
    }

    /// <summary>A shard stopped under an evaluation: it is given anew with the next tick, or by the job that goes on
    /// elsewhere.</summary>
    public void Postponed(string node) => _queue.Lost(node);

    /// <summary>A worker is lost: its evaluation goes to another.</summary>
    public void WorkerLost(string node)
    {
        _queue.Lost(node);
        Send();
    }

    /// <summary>Sends the waiting evaluations to the best workers, and gives up those that all have failed
    /// at.</summary>
    public void Send()
    {
        if (scheduler.Paused || scheduler.IsCanceled || !_queue.Waiting)
            return;
        var evaluators = scheduler.Evaluators;
        foreach (var (epoch, node) in _queue.Give(evaluators, clock()))
        {
            telemetry.EvaluationGiven(epoch, node);
            record.Workers[node].Worker.Tell(new WorkerProtocol.Evaluate(epoch));
        }
        foreach (var epoch in _queue.GiveUp(evaluators))
        {
            raised.Raise(_events.GivenUp(epoch));
            KeepPace();
        }
    }

    /// <summary>Releases the weights of evaluated epochs, and limits leases to the epochs that shards can
    /// keep.</summary>
    public void KeepPace()
    {
        var hasMoved = _pace.Keep(_queue.First ?? CompletedEpochs + 1);
        scheduler.Table.LastEpoch = _pace.LastEpoch;
        if (!hasMoved)
            return;
        var release = new ShardProtocol.ReleaseEpochs(_pace.FirstKept);
        placed.TellShards(release);
        placed.Buffers?.Tell(release);
        grants.Grant();
    }

    // Without a test set there is nothing to evaluate on.
    private bool IsToBeEvaluated(int epoch) => job.IsEvaluatedAfter(epoch) && record.Admission!.Dataset.TestSamples > 0;

    private void RaiseFailed(int epoch, string node, string reason)
    {
        var evaluators = scheduler.Evaluators;
        raised.Raise(EvaluationEvents.Failed(node, reason, _queue.CanBeGiven(epoch, evaluators), evaluators.Count > 0));
    }
}
