using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Threads;
using Akka.Actor;

namespace ActorTrain.Checkpoints;

/// <summary>Copies one checkpoint from another node's disk to this node's. It counts when all of it has arrived and
/// every byte is as it was written.</summary>
internal sealed class CheckpointFetchActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly CheckpointProtocol.Fetch _fetch;
    private readonly CheckpointFolder _folder;
    private readonly IActorRef _requester;
    private string? _partial;
    private int _file;
    private long _bytes;
    private bool _isAsking;
    private bool _hasEnded;

    private sealed record Begun(string Partial);

    private sealed record PartWritten(long Bytes);

    private sealed record AskAgain : INotInfluenceReceiveTimeout;

    /// <param name="fetch">The request.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="requester">Who is told when it is there; the copy ends with it.</param>
    public static Props Props(CheckpointProtocol.Fetch fetch, CheckpointFolder folder, IActorRef requester) =>
        Akka.Actor.Props.Create(() => new CheckpointFetchActor(fetch, folder, requester));

    public CheckpointFetchActor(CheckpointProtocol.Fetch fetch, CheckpointFolder folder, IActorRef requester)
    {
        (_fetch, _folder, _requester) = (fetch, folder, requester);
        Receive<Begun>(begun =>
        {
            _partial = begun.Partial;
            Ask();
        });
        Receive<CheckpointProtocol.Part>(part =>
        {
            // One that was asked for twice.
            if (!_isAsking || (part.File, part.Start) != (File.Name, _bytes))
                return;
            _isAsking = false;
            Timers.Cancel(nameof(AskAgain));
            Context.RunBlocking(() =>
            {
                CheckpointCopy.WritePart(_partial!, part);
                return new PartWritten(part.Bytes.Length);
            });
        });
        Receive<PartWritten>(written =>
        {
            _bytes += written.Bytes;
            if (_bytes < File.Bytes && written.Bytes == 0)
                End(new CheckpointProtocol.NotFetched($"its file {File.Name} has become shorter"));
            else if (_bytes < File.Bytes)
                Ask();
            else if (++_file < fetch.Checkpoint.Files.Length)
            {
                _bytes = 0;
                Ask();
            }
            else
            {
                // Its holder is not needed any more.
                Context.Unwatch(fetch.Holder);
                SetReceiveTimeout(null);
                Context.RunBlocking(() =>
                {
                    folder.EndCopy(_partial!, fetch.Job.Run);
                    return new CheckpointProtocol.Fetched();
                });
            }
        });
        Receive<CheckpointProtocol.Fetched>(End);
        Receive<CheckpointProtocol.NoPart>(no => End(new CheckpointProtocol.NotFetched(no.Reason)));
        Receive<Status.Failure>(failure => End(new CheckpointProtocol.NotFetched(failure.Cause.AsReason())));
        Receive<Terminated>(gone => gone.ActorRef.Equals(requester), _ => Context.Stop(Self));
        Receive<Terminated>(_ => End(new CheckpointProtocol.NotFetched("its node is lost")));
        Receive<ReceiveTimeout>(_ => End(new CheckpointProtocol.NotFetched("its node does not answer")));
        Receive<AskAgain>(_ => Ask());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private CheckpointProtocol.HeldFile File => _fetch.Checkpoint.Files[_file];

    protected override void PreStart()
    {
        Context.Watch(_fetch.Holder);
        Context.Watch(_requester);
        SetReceiveTimeout(Timeout);
        Context.RunBlocking(() => new Begun(_folder.BeginCopy(_fetch.Job.Run)));
    }

    protected override void PostStop()
    {
        // Where it ends by an error, too.
        if (!_hasEnded)
            _requester.Tell(new CheckpointProtocol.NotFetched("an error, which its log has"));
        if (_partial is not null)
            CheckpointFolder.AbandonCopy(_partial);
    }

    private void Ask()
    {
        _isAsking = true;
        _fetch.Holder.Tell(new CheckpointProtocol.GetPart(_fetch.Job, _fetch.Checkpoint.Name, File.Name, _bytes));
        Timers.StartSingleTimer(nameof(AskAgain), new AskAgain(), AskAgainAfter);
    }

    private void End(object answer)
    {
        _hasEnded = true;
        _requester.Tell(answer);
        Context.Stop(Self);
    }
}
