using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Serialization;
using ActorTrain.Serialization.Paging;
using ActorTrain.Threads;
using Akka.Actor;

namespace ActorTrain.Checkpoints;

/// <summary>Knows the checkpoints on a node's disk, sends them to other nodes, and fetches theirs.</summary>
internal sealed class CheckpointsActor : ReceiveActor
{
    private sealed record Answer(IActorRef To, IWireMessage Message);

    /// <param name="stateFolder">The node's state folder; null where it has none.</param>
    public static Props Props(string? stateFolder) => Akka.Actor.Props.Create(() => new CheckpointsActor(stateFolder));

    public CheckpointsActor(string? stateFolder)
    {
        Receive<CheckpointProtocol.GetNewest>(get =>
            Reply(() => new CheckpointProtocol.Newest(CheckpointCopy.Newest(FolderOf(get.Job), get.Job.JobId)))
        );
        Receive<CheckpointProtocol.GetPart>(get =>
            Reply(() => CheckpointCopy.ReadPart(FolderOf(get.Job), get.Checkpoint, get.File, get.Start))
        );
        Receive<CheckpointProtocol.Fetch>(fetch =>
        {
            var files = fetch.Checkpoint.Files;
            if (FolderOf(fetch.Job) is not { } folder)
                Sender.Tell(new CheckpointProtocol.NotFetched("the node has no folder for checkpoints"));
            // They come from another process, and must not lead out of the folder.
            else if (files.Length == 0 || !files.All(file => CheckpointFiles.IsName(file.Name)))
                Sender.Tell(new CheckpointProtocol.NotFetched("its files are not those of a checkpoint"));
            else
                Context.ActorOf(CheckpointFetchActor.Props(fetch, folder, Sender));
        });
        Receive<Answer>(answer => answer.To.TellInPages(Context.System, answer.Message, Self));

        CheckpointFolder? FolderOf(CheckpointProtocol.JobFolder job) =>
            CheckpointFolder.PathOf(new() { Folder = job.Folder }, job.Run, stateFolder) is { } path
                ? new CheckpointFolder(path)
                : null;
    }

    // A fetch that fails tells its requester itself.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private static void Reply(Func<IWireMessage> read)
    {
        var to = Context.Sender;
        Context.RunBlocking(() => new Answer(to, OrRefusal(read)));
    }

    private static IWireMessage OrRefusal(Func<IWireMessage> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure)
        {
            return new CheckpointProtocol.NoPart(failure.AsReason());
        }
    }
}
