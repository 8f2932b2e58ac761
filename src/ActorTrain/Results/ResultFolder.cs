using ActorTrain.Checkpoints;
using ActorTrain.Files;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.Results;

/// <summary>
/// The results of jobs on disk: a folder for each job, with <c>job.json</c>, and for a job with a result
/// <c>report.json</c> and <c>model.safetensors</c>. Several nodes of a machine may have one folder. All methods block.
/// </summary>
/// <param name="path">The folder.</param>
internal sealed class ResultFolder(string path)
{
    private const string Manifest = "job.json";
    private const string Report = "report.json";
    private const string Model = "model.safetensors";

    // A folder that is being written has a name that is no job's.
    private const string Temporary = ".tmp";

    private const int MostListed = 1_000;

    // A file is read as one array.
    private const long MostBytes = 2_000L << 20;

    // Of a write that was cut off.
    private static readonly TimeSpan OldestPartial = TimeSpan.FromHours(1);

    /// <summary>A result that was read.</summary>
    /// <param name="Job">How the job has ended.</param>
    /// <param name="Options">Its options.</param>
    /// <param name="Report">The report.</param>
    /// <param name="Model">The model.</param>
    public sealed record Found(JobSummary Job, JobOptions Options, TrainingReport Report, TrainedModel Model);

    /// <summary>Writes what has become of a job. A folder that has it already stays as it is, unless the job has ended
    /// once more since, under another coordinator.</summary>
    /// <param name="job">How the job has ended.</param>
    /// <param name="options">Its options.</param>
    /// <param name="report">The report; null where it has no result.</param>
    /// <param name="model">The model; null where it has no result.</param>
    /// <exception cref="ActorTrainException">It cannot be written.</exception>
    public void Write(JobSummary job, JobOptions options, TrainingReport? report, TrainedModel? model)
    {
        var target = FolderOf(job.JobId);
        if (TryRead(target) is { } known && known.Job.Ended >= job.Ended)
            return;
        if (model is not null && sizeof(float) * ((long)model.Parameters.Length + model.Buffers.Length) > MostBytes)
            throw new ActorTrainException($"Models of more than {MostBytes >> 20} MiB are not kept.");
        var partial = $"{target}.{Guid.NewGuid():N}{Temporary}";
        try
        {
            Directory.CreateDirectory(partial);
            if (report is not null && model is not null)
            {
                WholeFile.Write(
                    Path.Combine(partial, Report),
                    stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(TrainingReportJson.Serialize(report)))
                );
                WholeFile.Write(
                    Path.Combine(partial, Model),
                    stream =>
                        SafeTensorsWriter.Write(stream, model, new Dictionary<string, string> { ["job"] = job.Job })
                );
            }
            var manifest = new ResultManifest(
                ResultManifest.CurrentFormat,
                BuildVersion.Here,
                job with
                {
                    KeptBy = [],
                },
                JobAsSettings.From(options),
                model is null ? null : CheckpointModel.From(model.Description)
            );
            WholeFile.Write(Path.Combine(partial, Manifest), stream => stream.Write(manifest.ToJson()));
            DurableFolder.Flush(partial);
            if (Directory.Exists(target))
                Delete(target);
            Directory.Move(partial, target);
            DurableFolder.Flush(path);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            Delete(partial);
            // Another node of this machine may have written it meanwhile.
            if (TryRead(target)?.Job.Ended is not { } ended || ended < job.Ended)
                throw new ActorTrainException(
                    $"The result of job {job.JobId} cannot be written to {path}: {WholeFile.ReasonOf(denied)}.",
                    denied
                );
        }
    }

    /// <summary>The jobs that ended last, newest first; what cannot be read is left out.</summary>
    public IReadOnlyList<ResultManifest> List() =>
        [
            .. Folders()
                .Select(TryRead)
                .OfType<ResultManifest>()
                .OrderByDescending(manifest => manifest.Job.Ended)
                .Take(MostListed),
        ];

    /// <summary>Reads the result of a job.</summary>
    /// <exception cref="ActorTrainException">There is none, or it cannot be read.</exception>
    public Found Read(string jobId)
    {
        var folder = FolderOf(jobId);
        var manifest = ReadManifest(folder);
        if (manifest.Model is not { } model)
            throw new ActorTrainException($"Job {jobId} has no result: {manifest.Job.Reason.AsClause()}.");
        var report = TrainingReportJson.Deserialize(ReadText(Path.Combine(folder, Report)));
        var saved = SafeTensors.Load(Path.Combine(folder, Model)).As(model.ToDescription());
        return new Found(
            manifest.Job,
            JobAsSettings.Read(manifest.Settings, folder),
            report,
            saved with
            {
                Data = report.Data,
            }
        );
    }

    /// <summary>Deletes the results of jobs that ended before a time, and what is left of a write that was cut
    /// off.</summary>
    public void DeleteBefore(DateTimeOffset time, DateTimeOffset now)
    {
        foreach (var folder in Folders())
            if (TryRead(folder)?.Job.Ended < time)
                Delete(folder);
        if (!Directory.Exists(path))
            return;
        foreach (var partial in Directory.EnumerateDirectories(path, "*" + Temporary))
            if (Directory.GetLastWriteTimeUtc(partial) < now - OldestPartial)
                Delete(partial);
    }

    private IEnumerable<string> Folders() =>
        Directory.Exists(path)
            ? Directory
                .EnumerateDirectories(path)
                .Where(folder => !folder.EndsWith(Temporary, StringComparison.Ordinal))
            : [];

    private string FolderOf(string jobId) => Path.Combine(path, JobFileName.Of(jobId));

    private static ResultManifest? TryRead(string folder)
    {
        try
        {
            return ReadManifest(folder);
        }
        catch (ActorTrainException)
        {
            // A folder of something else, or one that is being deleted.
            return null;
        }
    }

    private static ResultManifest ReadManifest(string folder)
    {
        var file = Path.Combine(folder, Manifest);
        return ResultManifest.Read(file, System.Text.Encoding.UTF8.GetBytes(ReadText(file)));
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException($"{file} cannot be read: {WholeFile.ReasonOf(denied)}.", denied);
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            // A folder without its manifest would not be found again.
            var partial = folder.EndsWith(Temporary, StringComparison.Ordinal)
                ? folder
                : $"{folder}.{Guid.NewGuid():N}{Temporary}";
            if (partial != folder)
                Directory.Move(folder, partial);
            Directory.Delete(partial, recursive: true);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            // It is deleted with the next.
        }
    }
}
