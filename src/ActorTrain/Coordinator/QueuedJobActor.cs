using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>A job that waits for its turn: clients follow and cancel it, as one that runs.</summary>
internal sealed class QueuedJobActor : ReceiveActor, IWithTimers
{
    private readonly CoordinatorContext _context;
    private readonly JobStart _start;
    private readonly JobFollowers _followers;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Waits _waits = new("", []);

    private sealed record Tick;

    /// <summary>Queued job → coordinator, again and again: is it its turn? Answered by <see cref="Waits"/> or
    /// <see cref="HandOver"/>.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record AskTurn(string JobId);

    /// <summary>Coordinator → queued job: not yet.</summary>
    /// <param name="Reason">What it waits for.</param>
    /// <param name="Nodes">The nodes.</param>
    public sealed record Waits(string Reason, IReadOnlyCollection<NodeProtocol.Enrol> Nodes);

    /// <summary>Coordinator → queued job: its turn has come. Answered by <see cref="HandedOver"/>.</summary>
    /// <param name="Ready">The job.</param>
    public sealed record HandOver(JobPreparation.Ready Ready);

    /// <summary>Queued job → coordinator: it has stopped.</summary>
    /// <param name="Ready">The job.</param>
    /// <param name="Followers">The clients that follow it.</param>
    public sealed record HandedOver(JobPreparation.Ready Ready, IActorRef[] Followers);

    /// <summary>Coordinator → queued job: it cannot begin.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Fail(string Reason);

    /// <summary>Coordinator → queued job: another actor goes on with it, since its shards are found; or it has ended
    /// before. Clients ask the coordinator.</summary>
    public sealed record Moved;

    /// <param name="submitted">The job.</param>
    /// <param name="followers">The clients that follow it already.</param>
    /// <param name="context">What the coordinator's node has given it.</param>
    public static Props Props(JobPreparation.Submitted submitted, IActorRef[] followers, CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new QueuedJobActor(submitted, followers, context));

    public QueuedJobActor(JobPreparation.Submitted submitted, IActorRef[] followers, CoordinatorContext context)
    {
        var scheduler = Context.System.Scheduler;
        _context = context;
        _start = JobStart.Submitted(new(submitted, Resumed: null), followers, scheduler.MonotonicClock);
        _followers = new(_start, Context.System, Self, () => scheduler.MonotonicClock);
        Receive<Tick>(_ =>
        {
            Context.Parent.Tell(new AskTurn(_start.JobId));
            TellProgress();
        });
        Receive<Waits>(waits =>
        {
            var isNew = waits.Reason != _waits.Reason;
            _waits = waits;
            if (isNew)
                TellProgress();
        });
        Receive<HandOver>(turn =>
        {
            Move();
            var submitted = turn.Ready.Submitted with { Client = _followers.Unconfirmed };
            Context.Parent.Tell(new HandedOver(turn.Ready with { Submitted = submitted }, _followers.Clients));
        });
        Receive<Moved>(_ => Move());
        Receive<Fail>(fail => End(JobPhase.Failed, fail.Reason));
        Receive<ClientProtocol.IFollowerMessage>(message => _followers.Handle(message, Context.Unwatch(Sender)));
        Receive<ClientProtocol.Cancel>(_ => Cancel());
        Receive<ClientProtocol.CancelJob>(_ =>
        {
            Sender.Tell(new ClientProtocol.Canceling());
            Cancel();
        });
        Receive<ClientProtocol.IJobRequest>(_ => Reject());
        Receive<ClientProtocol.LocateWeights>(_ => Reject());
        // The client that submits it is gone before it knows of it.
        Receive<Terminated>(_ => End(JobPhase.Canceled, JobFailures.ClientGone));

        void Reject() => Sender.Tell(new ClientProtocol.Rejected("the job waits for its turn"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _followers.Begin(submitter => Context.Watch(submitter));
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, _context.Options.ProgressInterval);
    }

    // A client that watches this actor is to know before it stops that another goes on.
    private void Move()
    {
        _followers.Tell(new ClientProtocol.Moving());
        Context.Stop(Self);
    }

    private void TellProgress() =>
        _followers.Progressed(
            _start.Record.Progress(JobPhase.Queued, _waits.Reason, null, Context.System.Scheduler.MonotonicClock),
            canMove: true,
            _waits.Nodes
        );

    private void Cancel() => End(JobPhase.Canceled, JobFailures.CanceledEarly);

    private void End(JobPhase phase, string reason)
    {
        var isCanceled = phase == JobPhase.Canceled;
        if (isCanceled)
            _log.JobCanceled(_start.Job.Name, reason);
        else
            _log.JobFailed(_start.Job.Name, reason);
        var summary = _start.Summarize(phase, reason, Context.System.Scheduler.Now);
        var keepers = _waits.Nodes.Select(node => node.Results).OfType<IActorRef>().Take(JobResults.Copies);
        foreach (var keeper in keepers)
            keeper.TellInPages(
                Context.System,
                new ResultProtocol.Keep(summary, _start.Job, Result: null),
                Context.Parent
            );
        Context.Parent.Tell(new JobEnd.Over(summary));
        _followers.Tell(new ClientProtocol.Failed(reason, Trained: false, isCanceled));
        Context.Stop(Self);
    }
}
