using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>A job that goes on from a checkpoint.</summary>
/// <param name="Job">Its options, with the data set of the checkpoint.</param>
/// <param name="Found">The checkpoint.</param>
/// <param name="Changes">The options that are not those of the checkpoint, each as a clause.</param>
internal sealed record ResumedJob(JobOptions Job, CheckpointFolder.Found Found, IReadOnlyList<string> Changes)
{
    /// <summary>Why it does not go on with its shards, as a clause; null where it was asked for.</summary>
    public string? Interruption { get; init; }

    /// <summary>Stands for the newest checkpoint below the node's state folder.</summary>
    public const string Latest = "latest";

    private const string Key = "actortrain.job.";

    // What the job is to do differently is told; the rest is not about the weights.
    private static readonly string[] Untold =
    [
        Key + "resume",
        Key + "checkpoint.",
        Key + "minimum-workers",
        Key + "data.fingerprint",
    ];

    public CheckpointManifest Manifest => Found.Checkpoint.Manifest;

    /// <summary>The state that it goes on from. Where the optimizer or the staleness policy is another, its state
    /// begins anew.</summary>
    public CheckpointState State
    {
        get
        {
            var (before, state) = (JobAsSettings.Read(Manifest.Job, Found.Path), Found.Checkpoint.State);
            var isOptimizerKept =
                HaveSameState(OptimizerOf(before), OptimizerOf(Job))
                // The outer optimizer of local steps sums up something else.
                && before.LocalSteps.IsOn == Job.LocalSteps.IsOn;
            var isPolicyKept = StalenessOptions.CompensateAlike(InEffect(before), InEffect(Job));
            return state with
            {
                Optimizer = isOptimizerKept ? state.Optimizer : [],
                Shards = isOptimizerKept ? state.Shards : [.. state.Shards.Select(shard => shard with { Steps = [] })],
                Policy = isPolicyKept ? state.Policy : [],
            };
        }
    }

    /// <summary>Reads the checkpoint that a job names, and checks that the job can go on from it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="stateFolder">The node's state folder; null where it has none.</param>
    /// <exception cref="ActorTrainException">There is none, or the job cannot.</exception>
    public static ResumedJob Load(JobOptions job, string? stateFolder)
    {
        var folder = Find(job.Resume, stateFolder);
        var found = CheckpointFolder.IsCheckpoint(folder)
            ? new CheckpointFolder.Found(folder, CheckpointFiles.Read(folder), [])
            : new CheckpointFolder(folder).ReadNewest();
        var manifest = found.Checkpoint.Manifest;
        var before = JobAsSettings.Read(manifest.Job, found.Path);
        var last = manifest.Applied.Select(range => range.Epoch).Append(manifest.CompleteEpochs).Max();
        var difference =
            before.Model.Name != job.Model.Name ? $"of the model {before.Model.Name}, and the job's is {job.Model.Name}"
            : FirstOther(before.Model.Settings, job.Model.Settings) is { } setting
                ? $"of a model with {setting.Key} = {setting.Before}, and the job's has {setting.Now}"
            : before.Data.Name != job.Data.Name
                ? $"of the data set {before.Data.Name}, and the job's is {job.Data.Name}"
            : job.Data.Fingerprint.Length > 0 && job.Data.Fingerprint != manifest.Data.Fingerprint
                ? $"of data with the fingerprint {manifest.Data.Fingerprint}, and the job's is {job.Data.Fingerprint}"
            : before.Seed != job.Seed
                ? $"of a job with seed {before.Seed}, which orders the samples, and this one's is {job.Seed}"
            : last > job.Epochs ? $"in epoch {last}, and the job has {Plural.Format(job.Epochs, "epoch")}"
            : null;
        if (difference is not null)
            throw new ActorTrainException($"The checkpoint {found.Path} is {difference}.");
        return new ResumedJob(
            job with
            {
                Data = job.Data with { Fingerprint = manifest.Data.Fingerprint },
            },
            found,
            ChangesBetween(manifest.Job, JobAsSettings.From(job))
        );
    }

    /// <summary>The options of the job that wrote a checkpoint, to go on from it.</summary>
    /// <inheritdoc cref="Load"/>
    public static JobOptions JobOf(string resume, string? stateFolder)
    {
        var folder = Find(resume, stateFolder);
        var (path, manifest) = CheckpointFolder.IsCheckpoint(folder)
            ? (folder, CheckpointFiles.ReadManifest(folder))
            : new CheckpointFolder(folder).ReadNewestManifest();
        return JobAsSettings.Read(manifest.Job, path) with { Resume = resume };
    }

    /// <summary>The folder of a checkpoint, or of several.</summary>
    /// <exception cref="ActorTrainException">There is none.</exception>
    public static string Find(string resume, string? stateFolder)
    {
        if (resume == Latest)
        {
            var root = CheckpointFolder.RootOf(stateFolder);
            return CheckpointFolder.NewestRun(root)
                ?? throw new ActorTrainException(
                    $"There is no checkpoint below {root ?? "the state folder, which this node has none of"}; give the "
                        + "folder of one."
                );
        }
        return Directory.Exists(resume)
            ? Path.GetFullPath(resume)
            : throw new ActorTrainException(
                $"The folder {resume} does not exist on the coordinator's machine; give the folder of a checkpoint, or "
                    + $"{Latest}."
            );
    }

    private static List<string> ChangesBetween(
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> now
    ) =>
        [
            .. now.Where(setting => !Untold.Any(key => setting.Key.StartsWith(key, StringComparison.Ordinal)))
                .Where(setting => before.GetValueOrDefault(setting.Key, "") != setting.Value)
                .Select(setting =>
                    $"{setting.Key[Key.Length..]} {before.GetValueOrDefault(setting.Key, "unset")} → {setting.Value}"
                ),
        ];

    private static (string Key, string Before, string Now)? FirstOther(
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> now
    ) =>
        before
            .Keys.Union(now.Keys)
            .Order(StringComparer.Ordinal)
            .Select(key =>
                ((string, string, string)?)
                    (key, before.GetValueOrDefault(key, "nothing"), now.GetValueOrDefault(key, "nothing"))
            )
            .FirstOrDefault(setting => setting!.Value.Item2 != setting.Value.Item3);

    private static OptimizerOptions OptimizerOf(JobOptions job) =>
        GradientCompensations.OptimizerUnder(InEffect(job).Policy, job.ShardOptimizer);

    private static StalenessOptions InEffect(JobOptions job) => job.Consistency.InEffect(job.Staleness);

    private static bool HaveSameState(OptimizerOptions before, OptimizerOptions now) =>
        (before, now) switch
        {
            (Sgd one, Sgd other) => one.Momentum > 0 == other.Momentum > 0,
            (Adam, Adam) => true,
            _ => before.Name == now.Name,
        };
}
