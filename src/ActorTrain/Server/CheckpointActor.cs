using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Sentences;
using ActorTrain.Threads;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>
/// Writes one checkpoint of a job: receives the copies of all shards and of the buffers, puts them together, and writes
/// them in the background. Its parent is the server node of the coordinator's machine, its owner the job.
/// </summary>
internal sealed class CheckpointActor : ReceiveActor
{
    private readonly Dictionary<int, IActorRef> _receivers = [];
    private readonly List<IDisposable> _admissions = [];
    private readonly SortedDictionary<int, StandbyActor.Taken> _taken = [];

    /// <summary>Job → server node, on the same machine: receive copies for a checkpoint, in place of an earlier
    /// one. Answered by <see cref="Opened"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Lengths">Floats of a vector of each shard, and of the buffers.</param>
    public sealed record Open(string JobId, IReadOnlyDictionary<int, int> Lengths);

    /// <summary>Checkpoint → job.</summary>
    /// <param name="Receivers">Who gets the copies, by shard. Their sender gets <see cref="Write"/> when all copies
    /// have arrived.</param>
    public sealed record Opened(IReadOnlyDictionary<int, IActorRef> Receivers) : ICheckpointStep;

    /// <summary>Job → checkpoint: write it. Answered by <see cref="Written"/> or <see cref="Failed"/>.</summary>
    /// <param name="Number">The number of the copies.</param>
    /// <param name="Manifest">All but what the copies have.</param>
    /// <param name="Slices">The shards' slices, in order.</param>
    /// <param name="Folder">The folder of the run.</param>
    /// <param name="Options">Which checkpoints are kept.</param>
    public sealed record Write(
        long Number,
        CheckpointManifest Manifest,
        IReadOnlyList<ShardSlice> Slices,
        string Folder,
        CheckpointOptions Options
    );

    /// <summary>Checkpoint → job: it is on the disk.</summary>
    /// <param name="Folder">Its folder.</param>
    /// <param name="Samples">Samples that it has.</param>
    public sealed record Written(string Folder, long Samples) : ICheckpointStep;

    /// <summary>Checkpoint → job: it cannot be written.</summary>
    /// <param name="Reason">Why, as a clause.</param>
    public sealed record Failed(string Reason) : ICheckpointStep;

    /// <param name="open">The request.</param>
    /// <param name="job">The job's actor.</param>
    /// <param name="lane">The tensor lane.</param>
    public static Props Props(Open open, IActorRef job, ITensorLane lane) =>
        Akka.Actor.Props.Create(() => new CheckpointActor(open, job, lane));

    public CheckpointActor(Open open, IActorRef job, ITensorLane lane)
    {
        foreach (var (shard, length) in open.Lengths)
        {
            var receiver = Context.ActorOf(StandbyActor.Props(length, lane.Memory));
            _receivers[shard] = receiver;
            _admissions.Add(lane.Admit(receiver, HeldSnapshots.ChunkLengths(length)));
        }
        job.Tell(new Opened(_receivers));
        Receive<StandbyActor.Holds>(_ => { });
        Receive<Write>(write =>
        {
            foreach (var (shard, receiver) in _receivers)
                receiver.Tell(new StandbyActor.Take(open.JobId, write.Number, shard, Self));
            Become(() => Gathering(write, job));
        });
    }

    protected override void PostStop()
    {
        _admissions.ForEach(admission => admission.Dispose());
        Release(_taken.Values);
    }

    private void Gathering(Write write, IActorRef job)
    {
        Receive<StandbyActor.Holds>(_ => { });
        Receive<StandbyActor.Taken>(taken =>
        {
            _taken[(int)taken.Request.Open] = taken;
            if (_taken.Count < _receivers.Count)
                return;
            var copies = _taken.Values.ToList();
            // The task releases them, also where this actor is stopped meanwhile.
            _taken.Clear();
            Context.RunBlocking(() => WriteAndRelease(write, copies));
        });
        Receive<Written>(EndWith);
        Receive<Failed>(EndWith);

        void EndWith(object answer)
        {
            job.Tell(answer);
            Context.Stop(Self);
        }
    }

    private static object WriteAndRelease(Write write, IReadOnlyList<StandbyActor.Taken> copies)
    {
        try
        {
            return WriteCopies(write, copies);
        }
        // Training goes on whatever the reason is, too little memory among them.
        catch (Exception failure)
        {
            return new Failed(failure.AsReason());
        }
        finally
        {
            Release(copies);
        }
    }

    private static Written WriteCopies(Write write, IReadOnlyList<StandbyActor.Taken> copies)
    {
        if (copies.Any(copy => copy.Record is null))
            throw new ActorTrainException("a copy is not there any more");
        var parts = copies
            .Where(copy => copy.Record!.Shard is not null)
            .Select(copy => new CheckpointState.Part(
                write.Slices[(int)copy.Request.Open],
                copy.Record!.Shard!,
                [.. copy.Vectors.Select(vector => vector.Values)]
            ))
            .ToList();
        var state = CheckpointState.Gather(parts);
        var (counts, model) = (parts[0].Record.Counts, write.Manifest.Model.ToDescription());
        var combined = new float[model.Buffers.Length];
        (BuffersRecord? Record, IReadOnlyList<float[]> Vectors) buffers = (null, []);
        if (copies.FirstOrDefault(copy => copy.Record!.Buffers is not null) is { } reports)
        {
            var combining = new CombinedBuffers(model.Buffers.Sections, _ => true);
            combining.Restore(reports.Record!.Buffers!, reports.Vectors);
            combining.Combine(epoch: 0, combined);
            buffers = combining.ToBeginning();
        }
        var manifest = write.Manifest with
        {
            CompleteEpochs = counts.CompleteEpochs,
            Applied = counts.Applied,
            SamplesApplied =
                (long)counts.CompleteEpochs * write.Manifest.Data.TrainSamples
                + counts.Applied.Sum((SampleRange range) => (long)range.Count),
            OptimizerVectors = state.Optimizer.Count,
            PolicyVectors = state.Policy.Count,
            Shards = [.. state.Shards],
            Buffers = buffers.Record,
        };
        var folder = new CheckpointFolder(write.Folder).Write(
            new Checkpoint(manifest, state, buffers.Vectors),
            new TrainedModel(model, state.Weights, combined),
            new Dictionary<string, string> { ["job"] = manifest.Job.GetValueOrDefault("actortrain.job.name", "") },
            write.Options
        );
        return new Written(folder, manifest.SamplesApplied);
    }

    private static void Release(IEnumerable<StandbyActor.Taken> copies)
    {
        foreach (var vector in copies.SelectMany(copy => copy.Vectors))
            vector.Release();
    }
}
