using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>Coordinator and nodes, and nodes among themselves: the checkpoints on each node's disk. A job that was
/// interrupted goes on from the newest, whichever node has written it.</summary>
internal static class CheckpointProtocol
{
    /// <summary>Most bytes of a part.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>The checkpoints of a job on a node's disk.</summary>
    /// <param name="JobId">The job: others of the same run may have gone on from it.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Folder">The folder that the job names; empty for one below the state folder.</param>
    public sealed record JobFolder(string JobId, string Run, string Folder);

    /// <summary>A checkpoint of which every byte can be read.</summary>
    /// <param name="Name">The name of its folder.</param>
    /// <param name="Samples">Samples that it has.</param>
    /// <param name="Files">Its files.</param>
    public sealed record HeldCheckpoint(string Name, long Samples, HeldFile[] Files);

    /// <summary>A file of a checkpoint.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Bytes">Its length.</param>
    public sealed record HeldFile(string Name, long Bytes);

    /// <summary>Coordinator → node: which is the newest checkpoint of a job? Answered by <see cref="Newest"/> or
    /// <see cref="NoPart"/>.</summary>
    /// <param name="Job">The job.</param>
    public sealed record GetNewest(JobFolder Job) : IWireMessage;

    /// <summary>Node → coordinator.</summary>
    /// <param name="Checkpoint">The checkpoint; null where it has none.</param>
    public sealed record Newest(HeldCheckpoint? Checkpoint) : IWireMessage;

    /// <summary>Coordinator → its own node: copy a checkpoint to this disk. Answered by <see cref="Fetched"/> or
    /// <see cref="NotFetched"/>.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Checkpoint">The checkpoint.</param>
    /// <param name="Holder">The node that has it.</param>
    public sealed record Fetch(JobFolder Job, HeldCheckpoint Checkpoint, IActorRef Holder);

    /// <summary>Node → coordinator of the same process.</summary>
    public sealed record Fetched;

    /// <summary>Node → coordinator of the same process.</summary>
    /// <param name="Reason">Why, as a clause.</param>
    public sealed record NotFetched(string Reason);

    /// <summary>Node → node that has a checkpoint. Answered by <see cref="Part"/> or <see cref="NoPart"/>; safe to send
    /// again.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Checkpoint">The name of the checkpoint's folder.</param>
    /// <param name="File">The name of the file.</param>
    /// <param name="Start">Bytes of the file before the part.</param>
    public sealed record GetPart(JobFolder Job, string Checkpoint, string File, long Start) : IWireMessage;

    /// <summary>Node → node: a part of a file.</summary>
    /// <param name="File">The name of the file.</param>
    /// <param name="Start">Bytes of the file before it.</param>
    /// <param name="Bytes">Its bytes, at most <see cref="MostBytes"/>.</param>
    public sealed record Part(string File, long Start, byte[] Bytes) : IWireMessage;

    /// <summary>Node → node: it cannot be read.</summary>
    /// <param name="Reason">Why, as a clause.</param>
    public sealed record NoPart(string Reason) : IWireMessage;
}
