using System.Globalization;
using ActorTrain.Files;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.Checkpoints;

/// <summary>
/// The folder of a run, with a folder for each checkpoint. One that is being written has a temporary name, and is
/// renamed when all of it is on the disk.
/// </summary>
/// <param name="path">The folder.</param>
internal sealed class CheckpointFolder(string path)
{
    private const string Prefix = "checkpoint-";
    private const string Temporary = ".tmp";

    /// <summary>A checkpoint that was read, and what was wrong with newer ones.</summary>
    /// <param name="Path">Its folder.</param>
    /// <param name="Checkpoint">The checkpoint.</param>
    /// <param name="Damaged">One sentence for each newer one that cannot be read.</param>
    public sealed record Found(string Path, Checkpoint Checkpoint, IReadOnlyList<string> Damaged);

    public string Path => path;

    /// <summary>The numbers of the checkpoints, in order.</summary>
    public IReadOnlyList<int> List() =>
        Directory.Exists(path)
            ?
            [
                .. Directory
                    .EnumerateDirectories(path, Prefix + "*")
                    .Select(folder => NumberOf(NameOf(folder)))
                    .OfType<int>()
                    .Order(),
            ]
            : [];

    /// <summary>Checks that a run may write its checkpoints here.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="ActorTrainException">The folder cannot be written, or another run's are in it.</exception>
    public void Claim(string run)
    {
        try
        {
            Directory.CreateDirectory(path);
            var probe = WholeFile.PartialOf(System.IO.Path.Combine(path, "probe"));
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException(
                $"Checkpoints cannot be written to {path}: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
        foreach (var number in List().Reverse())
        {
            CheckpointManifest manifest;
            try
            {
                manifest = CheckpointFiles.ReadManifest(PathOf(number));
            }
            catch (ActorTrainException)
            {
                // A damaged one says nothing about its run.
                continue;
            }
            if (manifest.Run == run)
                return;
            throw new ActorTrainException(
                $"{path} has the checkpoints of another run of the job {JobName(manifest)}; name another folder, or go "
                    + $"on from them with --resume {path}."
            );
        }
    }

    /// <summary>Writes a checkpoint, and deletes those that are kept no longer.</summary>
    /// <param name="checkpoint">The checkpoint; its number is given here.</param>
    /// <param name="model">The model as it is saved.</param>
    /// <param name="metadata">Facts about the training, for the model's file.</param>
    /// <param name="options">Which are kept.</param>
    /// <returns>Its folder.</returns>
    /// <exception cref="ActorTrainException">It cannot be written, or the folder has another run's; all earlier ones
    /// stay.</exception>
    public string Write(
        Checkpoint checkpoint,
        TrainedModel model,
        IReadOnlyDictionary<string, string> metadata,
        CheckpointOptions options
    )
    {
        Claim(checkpoint.Manifest.Run);
        var number = NextNumber;
        var target = PathOf(number);
        var partial = PartialOf(target);
        try
        {
            DeletePartial();
            Directory.CreateDirectory(partial);
            CheckpointFiles.Write(
                partial,
                checkpoint with
                {
                    Manifest = checkpoint.Manifest with { Number = number },
                },
                model,
                metadata
            );
            Directory.Move(partial, target);
            DurableFolder.Flush(path);
            Prune(options, checkpoint.Manifest.Data.TrainSamples);
            return target;
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            Delete(partial);
            throw new ActorTrainException(
                $"Checkpoint {target} cannot be written: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
    }

    /// <summary>Reads the newest checkpoint that can be read.</summary>
    /// <exception cref="ActorTrainException">There is none.</exception>
    public Found ReadNewest()
    {
        var (folder, checkpoint, damaged) = ReadNewest(CheckpointFiles.Read);
        return new Found(folder, checkpoint, damaged);
    }

    /// <summary>Reads the newest manifest that can be read, and its folder.</summary>
    /// <exception cref="ActorTrainException">There is none.</exception>
    public (string Path, CheckpointManifest Manifest) ReadNewestManifest()
    {
        var (folder, manifest, _) = ReadNewest(CheckpointFiles.ReadManifest);
        return (folder, manifest);
    }

    /// <summary>The newest checkpoint of a job of which every byte is as it was written: its folder and manifest; null
    /// where there is none.</summary>
    public (string Path, CheckpointManifest Manifest)? FindNewest(string jobId)
    {
        foreach (var found in List().Reverse().Select(PathOf))
            try
            {
                if (CheckpointFiles.ReadManifest(found).JobId == jobId)
                    return (found, CheckpointFiles.Verify(found));
            }
            catch (ActorTrainException)
            {
                // The one before is tried.
            }
        return null;
    }

    /// <summary>The folder of a checkpoint, by its name; null where there is none.</summary>
    public string? Find(string name) => List().Select(PathOf).FirstOrDefault(found => NameOf(found) == name);

    /// <summary>Begins a checkpoint that another node has written.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The folder for its files.</returns>
    /// <exception cref="ActorTrainException">The folder cannot be written, or another run's are in it.</exception>
    public string BeginCopy(string run)
    {
        Claim(run);
        DeletePartial();
        var partial = PartialOf(PathOf(NextNumber));
        Directory.CreateDirectory(partial);
        return partial;
    }

    /// <summary>The files of a checkpoint have arrived: it is the newest from now on.</summary>
    /// <param name="partial">The folder with its files.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="ActorTrainException">A file is not as it was written, or another run's checkpoints have come
    /// meanwhile.</exception>
    /// <exception cref="IOException">It is not on the disk.</exception>
    public void EndCopy(string partial, string run)
    {
        Claim(run);
        var manifest = CheckpointFiles.Verify(partial);
        CheckpointFiles.Flush(partial, manifest);
        Directory.Move(partial, PathOf(Math.Max(NextNumber, manifest.Number)));
        DurableFolder.Flush(path);
    }

    /// <summary>A checkpoint does not arrive.</summary>
    public static void AbandonCopy(string partial) => Delete(partial);

    private (string Path, T Content, IReadOnlyList<string> Damaged) ReadNewest<T>(Func<string, T> read)
    {
        var damaged = new List<string>();
        foreach (var number in List().Reverse())
            try
            {
                return (PathOf(number), read(PathOf(number)), damaged);
            }
            catch (ActorTrainException wrong)
            {
                damaged.Add(wrong.Message);
            }
        throw new ActorTrainException(
            damaged.Count > 0
                ? $"No checkpoint in {path} can be read. {damaged[0]}"
                : $"{path} has no checkpoint; give a folder that a job has written checkpoints to, or one of them."
        );
    }

    /// <summary>The folder of a checkpoint.</summary>
    public string PathOf(int number) =>
        System.IO.Path.Combine(path, Prefix + number.ToString("000000", CultureInfo.InvariantCulture));

    /// <summary>Where a node keeps the runs whose jobs name no folder; null where it has no state folder.</summary>
    public static string? RootOf(string? stateFolder) =>
        stateFolder is null ? null : System.IO.Path.Combine(stateFolder, "checkpoints");

    /// <summary>The folder of a run; null where nothing names one.</summary>
    /// <param name="options">The job's options, which may name it.</param>
    /// <param name="run">The run.</param>
    /// <param name="stateFolder">The node's state folder; null where it has none.</param>
    public static string? PathOf(CheckpointOptions options, string run, string? stateFolder) =>
        options.Folder.Length > 0 ? System.IO.Path.GetFullPath(options.Folder)
        : RootOf(stateFolder) is { } root ? System.IO.Path.Combine(root, JobFileName.Of(run))
        : null;

    /// <summary>The folder of the run that has the newest checkpoint, of all runs below a folder; null where none has
    /// any.</summary>
    public static string? NewestRun(string? root) =>
        root is not null && Directory.Exists(root)
            ? Directory
                .EnumerateDirectories(root)
                .Select(run => new CheckpointFolder(run))
                .Where(run => run.List().Count > 0)
                .MaxBy(run => Directory.GetLastWriteTimeUtc(run.PathOf(run.List()[^1])))
                ?.Path
            : null;

    /// <summary>Whether a folder is one checkpoint.</summary>
    public static bool IsCheckpoint(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, CheckpointFiles.Manifest));

    private int NextNumber => List() is [.., var newest] ? newest + 1 : 1;

    private static string PartialOf(string target) => $"{target}.{Guid.NewGuid():N}{Temporary}";

    private static string NameOf(string folder) => System.IO.Path.GetFileName(folder);

    private static int? NumberOf(string name) =>
        int.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string JobName(CheckpointManifest manifest) =>
        manifest.Job.GetValueOrDefault("actortrain.job.name", "?");

    private void Prune(CheckpointOptions options, int trainSamples)
    {
        var entries = new List<CheckpointRetention.Entry>();
        foreach (var number in List())
            try
            {
                var manifest = CheckpointFiles.ReadManifest(PathOf(number));
                entries.Add(
                    new(
                        number,
                        TimeSpan.FromSeconds(manifest.Record.TrainingSeconds),
                        manifest.SamplesApplied,
                        manifest.Evaluated?.TestLoss,
                        manifest.Evaluated?.TestAccuracy
                    )
                );
            }
            catch (ActorTrainException)
            {
                // A damaged one stays, for whoever wants to know what has damaged it.
            }
        foreach (var number in CheckpointRetention.Superfluous(entries, options, trainSamples))
            Delete(PathOf(number));
    }

    // What a process that ended in the middle has left.
    private void DeletePartial()
    {
        foreach (var left in Directory.EnumerateDirectories(path, $"{Prefix}*{Temporary}").ToList())
            Delete(left);
    }

    private static void Delete(string folder)
    {
        try
        {
            // Without its manifest it is no checkpoint, also where the rest cannot be deleted.
            File.Delete(System.IO.Path.Combine(folder, CheckpointFiles.Manifest));
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (WholeFile.IsDenial(e))
        {
            // The next one tries again.
        }
    }
}
