using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Makes the clean cuts that checkpoints are taken at, and jobs handed over. Workers return what they have not begun,
/// and nothing is granted, until every shard has what is under way, which is one micro-batch. Then the shards take
/// their snapshots, training goes on, and the copies travel.
/// </summary>
/// <param name="start">The job's options and counts, and where its shards are.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="copies">The shards' copies at the standbys.</param>
/// <param name="snapshots">Takes the counts at the cut.</param>
/// <param name="evaluations">The evaluations of its epochs.</param>
/// <param name="grants">Grants leases after the cut.</param>
/// <param name="events">The job's events.</param>
/// <param name="parent">The job's actor, which has the checkpoint written.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class CleanCuts(
    TrainingStart start,
    LeaseScheduler scheduler,
    ShardCopies copies,
    TrainingSnapshots snapshots,
    EpochEvaluations evaluations,
    LeaseGrants grants,
    TrainingEvents events,
    IActorRef parent,
    Func<TimeSpan> clock
)
{
    // A worker that is frozen holds all others up for so long, or for as long as it takes for two pushes.
    private static readonly TimeSpan LeastCutTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CopyTimeout = TimeSpan.FromMinutes(10);

    // Of the time that copies may be on their way: gradients have the link for most of it.
    private const double ShareBesideTraining = 0.25;

    private readonly CheckpointDue _due = new(start.Job.Checkpoint.Every, start.Record.Admission!.Dataset.TrainSamples);
    private readonly Handover _handover = new(scheduler, copies, snapshots, grants, clock);
    private Stage _stage = Stage.None;
    private TimeSpan _since;
    private TimeSpan _trainedAtCut;
    private TimeSpan _cutBegan;
    private TimeSpan _waited;
    private JobTrainingProtocol.SnapshotTaken? _snapshot;
    private IReadOnlyDictionary<int, IActorRef> _receivers = new Dictionary<int, IActorRef>();
    private CheckpointCopies? _round;
    private long _number;
    private long _written = -1;
    private bool _isLastWanted;
    private bool _isLastBegun;

    private enum Stage
    {
        None,
        Opening,
        Cutting,
        Taking,
        Copying,
        Writing,
    }

    private TimeSpan Now => clock();

    /// <summary>Whether the last checkpoint is taken, or none is wanted: the shards may change.</summary>
    public bool IsLastTaken =>
        !_isLastWanted || (_isLastBegun && _stage is Stage.Copying or Stage.Writing or Stage.None);

    /// <summary>Whether the last checkpoint is written, or given up, or none is wanted.</summary>
    public bool IsLastOver => !_isLastWanted || (_isLastBegun && _stage == Stage.None);

    /// <summary>Begins a checkpoint when one is due, and gives one up that takes too long.</summary>
    public void Tick()
    {
        if (scheduler.IsCutting)
            RequestReturns();
        if (_stage != Stage.None)
            GiveUpIfLate();
        else if (
            start.Job.Checkpoint.Every.IsOn
            && !scheduler.IsCanceled
            && !scheduler.IsCutting
            && !_isLastWanted
            && start.Record.SamplesApplied != _written
            // The evaluation is to be that of the weights.
            && !(start.Job.Checkpoint.Best != BestCheckpoint.Off && evaluations.AreOpen)
            && _due.IsDue(start.Record.Trained(Now), start.Record.SamplesApplied)
        )
            Begin();
        Continue();
    }

    /// <summary>A node that has the coordinator or a shard is to leave.</summary>
    /// <param name="name">The node.</param>
    /// <param name="node">The actor that asks.</param>
    public void HandOver(string name, IActorRef node)
    {
        _handover.Begin(name, node);
        Tick();
    }

    /// <summary>No gradient is under way any more, and the job ends: its end has a checkpoint, too.</summary>
    public void BeginLast()
    {
        _isLastWanted = start.Job.Checkpoint.Every.IsOn;
        if (!_isLastWanted)
            return;
        if (_stage == Stage.None)
            BeginLastNow();
        else if (_stage is Stage.Opening or Stage.Cutting)
        {
            _isLastBegun = true;
            Continue();
        }
    }

    /// <summary>The node that writes has answered.</summary>
    public void Handle(ICheckpointStep answer)
    {
        switch (answer)
        {
            case CheckpointActor.Opened opened:
                Opened(opened.Receivers);
                break;
            case CheckpointActor.Written written:
                Written(written);
                break;
            case CheckpointActor.Failed failed:
                GiveUp(failed.Reason);
                break;
        }
    }

    private void Opened(IReadOnlyDictionary<int, IActorRef> receivers)
    {
        if (_stage != Stage.Opening)
            return;
        _receivers = receivers;
        Enter(Stage.Cutting);
        Continue();
    }

    /// <summary>A lease has ended, counts or copies have arrived, or a worker is gone: the cut may be clean
    /// now.</summary>
    public void Continue()
    {
        _handover.Continue();
        if (_stage != Stage.Cutting)
            return;
        if (scheduler.BeginCut(this))
        {
            _cutBegan = Now;
            RequestReturns();
        }
        if (!_isLastBegun && (scheduler.Table.Grants.Count > 0 || scheduler.Table.InDoubt))
            return;
        _trainedAtCut = start.Record.Trained(Now);
        _snapshot = snapshots.Take();
        Enter(Stage.Taking);
        _round = new CheckpointCopies(++_number, _receivers);
        _round.Begin(start.Placed, _isLastBegun ? 1 : ShareBesideTraining);
    }

    public void Taken(StandbyProtocol.Taken taken)
    {
        _round?.Add(taken);
        EndCutIfTaken();
    }

    public void Copied(StandbyProtocol.Copied copied)
    {
        _handover.Continue();
        if (_round is not { } round || copied.Number != round.Number)
            return;
        round.Add(copied);
        EndCutIfTaken();
        if (_stage != Stage.Copying || !round.HaveArrived)
            return;
        if (!round.AreOfOnePlace)
        {
            GiveUp("the shards have not applied the same samples");
            return;
        }
        Enter(Stage.Writing);
        parent.Tell(new JobTrainingProtocol.CheckpointCopied(round.Number, _snapshot!));
    }

    private void Written(CheckpointActor.Written written)
    {
        if (_stage != Stage.Writing)
            return;
        _due.Written(_trainedAtCut, written.Samples);
        _written = written.Samples;
        // The end of this one may begin the last.
        var told = JobEvents.CheckpointWritten(written, _isLastBegun ? null : _waited);
        End();
        events.Raise(told);
    }

    private void GiveUp(string reason)
    {
        if (_stage == Stage.None)
            return;
        _due.Failed(start.Record.Trained(Now));
        End();
        events.Raise(JobEvents.CheckpointFailed(reason));
    }

    private void Begin()
    {
        Enter(Stage.Opening);
        parent.Tell(new JobTrainingProtocol.CheckpointBegins());
    }

    private void BeginLastNow()
    {
        _isLastBegun = true;
        Begin();
    }

    private void RequestReturns()
    {
        foreach (var worker in start.Record.Active.Where(worker => scheduler.Table.Holds(worker.Node)))
            worker.LeaseRequester.Tell(new WorkerProtocol.ReturnLeases());
    }

    private void GiveUpIfLate()
    {
        var isHeldUp = _stage is Stage.Cutting or Stage.Taking;
        var cutTimeout = CutTimeout;
        if (Now - _since > (isHeldUp ? cutTimeout : CopyTimeout))
            GiveUp(
                isHeldUp
                    ? $"a gradient was not finished within {cutTimeout.TotalSeconds:0} s"
                    : $"it took more than {CopyTimeout.TotalMinutes:0} min"
            );
    }

    private TimeSpan CutTimeout
    {
        get
        {
            var slowest = start.Record.Active.Select(worker => worker.Throughput).DefaultIfEmpty(0).Min();
            var push = slowest > 0 ? TimeSpan.FromSeconds(2 * start.Job.PushSamples / slowest) : TimeSpan.Zero;
            return push > LeastCutTimeout ? push : LeastCutTimeout;
        }
    }

    private void EndCutIfTaken()
    {
        if (_stage != Stage.Taking || _round is not { AreTaken: true })
            return;
        Enter(Stage.Copying);
        EndCut();
    }

    private void End()
    {
        Enter(Stage.None);
        _round = null;
        EndCut();
        if (_isLastWanted && !_isLastBegun)
            BeginLastNow();
    }

    private void EndCut()
    {
        if (!scheduler.EndCut(this, Now))
            return;
        _waited = Now - _cutBegan;
        grants.Grant();
    }

    private void Enter(Stage stage) => (_stage, _since) = (stage, Now);
}
