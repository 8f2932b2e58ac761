using ActorTrain.Protocol;
using ActorTrain.Telemetry;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// Prepares one job by <see cref="JobPreparation"/>. One that was interrupted goes on from its newest checkpoint, which
/// another node may have: one that had the coordinator before. Then it is copied to the coordinator's machine. Tells
/// its parent <see cref="JobPreparation.Ready"/> or <see cref="JobPreparation.Refused"/>, and stops.
/// </summary>
internal sealed class JobPreparationActor : ReceiveActor
{
    private const string NowhereElse = ", nor are they on another node that is here";

    // A node reads every byte of its newest.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly JobPreparation.Submitted _submitted;
    private readonly CheckpointProtocol.JobFolder _job;
    private readonly IActorRef? _own;
    private readonly HashSet<IActorRef> _awaited;
    private readonly Dictionary<IActorRef, CheckpointProtocol.HeldCheckpoint?> _held = [];
    private readonly string? _stateFolder;

    /// <param name="submitted">The job.</param>
    /// <param name="nodes">The nodes that are here.</param>
    /// <param name="context">What the coordinator's node has given it.</param>
    public static Props Props(JobPreparation.Submitted submitted, EnrolledNodes nodes, CoordinatorContext context)
    {
        // The nodes of this moment; the actor runs beside the coordinator.
        List<NodeProtocol.Enrol> present = [.. nodes.Present.Select(joined => joined.Node)];
        var own = present.Find(node => node.Node == context.Node);
        return Akka.Actor.Props.Create(() =>
            new JobPreparationActor(
                submitted,
                present.Select(node => node.Checkpoints).OfType<IActorRef>(),
                own == null ? null : own.Checkpoints,
                context.Options.StateFolder
            )
        );
    }

    public JobPreparationActor(
        JobPreparation.Submitted submitted,
        IEnumerable<IActorRef> nodes,
        IActorRef? own,
        string? stateFolder
    )
    {
        (_submitted, _stateFolder) = (submitted, stateFolder);
        _job = new(submitted.Job.JobId, submitted.Job.Run, submitted.Job.Job.Checkpoint.Folder);
        (_own, _awaited) = (own, [.. nodes]);
        Receive<CheckpointProtocol.Newest>(newest =>
        {
            _held[Sender] = newest.Checkpoint;
            Heard(Sender);
        });
        Receive<CheckpointProtocol.NoPart>(_ => Heard(Sender));
        Receive<Terminated>(gone => Heard(gone.ActorRef));
        Receive<ReceiveTimeout>(_ => Decide());
        Receive<CheckpointProtocol.Fetched>(_ => ReadDisk(NowhereElse));
        Receive<CheckpointProtocol.NotFetched>(failure =>
        {
            Context.GetLogger().CheckpointNotFetched(failure.Reason);
            ReadDisk($"; that of another node cannot be fetched: {failure.Reason}");
        });
        Receive<JobPreparation.Ready>(End);
        Receive<JobPreparation.Refused>(End);
    }

    protected override void PreStart()
    {
        if (_own is null || _submitted.Job is not { HasBegun: true, Job.Checkpoint.Every.IsOn: true })
        {
            ReadDisk("");
            return;
        }
        SetReceiveTimeout(Timeout);
        foreach (var node in _awaited)
            Context.Watch(node).Tell(new CheckpointProtocol.GetNewest(_job));
    }

    private void Heard(IActorRef node)
    {
        if (_awaited.Remove(node) && _awaited.Count == 0)
            Decide();
    }

    private void Decide()
    {
        SetReceiveTimeout(null);
        _awaited.Clear();
        if (CheckpointChoice.ToFetch(_held, _own!) is { } holder)
            _own!.Tell(new CheckpointProtocol.Fetch(_job, _held[holder]!, holder));
        else
            ReadDisk(NowhereElse);
    }

    private void ReadDisk(string elsewhere) =>
        Context.RunBlocking(() => JobPreparation.Prepare(_submitted, _stateFolder, elsewhere));

    private void End(object prepared)
    {
        Context.Parent.Tell(prepared);
        Context.Stop(Self);
    }
}
