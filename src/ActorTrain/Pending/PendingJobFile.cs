using System.Text.Json;
using System.Text.Json.Serialization;
using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Protocol;

namespace ActorTrain.Pending;

/// <summary>A job that has not ended, as a JSON file.</summary>
/// <param name="Format">The version of the format: <see cref="CurrentFormat"/>.</param>
/// <param name="Version">The version of ActorTrain that wrote it.</param>
/// <param name="JobId">Its id.</param>
/// <param name="Run">The run, which its checkpoints name.</param>
/// <param name="HasBegun">Whether it has begun to train.</param>
/// <param name="HasCheckpoint">Whether it has written a checkpoint.</param>
/// <param name="Submitter">Who submitted it, as user@machine.</param>
/// <param name="Submitted">When it was accepted.</param>
/// <param name="Resume">The checkpoint that it was to go on from.</param>
/// <param name="After">The job that it follows.</param>
/// <param name="Settings">Its other options, as settings.</param>
internal sealed record PendingJobFile(
    int Format,
    string Version,
    string JobId,
    string Run,
    bool HasBegun,
    bool HasCheckpoint,
    string Submitter,
    DateTimeOffset Submitted,
    string Resume,
    string After,
    SortedDictionary<string, string> Settings
)
{
    /// <summary>The version of the format that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    public static byte[] ToJson(PendingJob job) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new PendingJobFile(
                CurrentFormat,
                BuildVersion.Here,
                job.JobId,
                job.Run,
                job.HasBegun,
                job.HasCheckpoint,
                job.Submission.By,
                job.Submission.At,
                job.Job.Resume,
                job.Job.After,
                JobAsSettings.From(job.Job)
            ),
            PendingJobJsonContext.Default.PendingJobFile
        );

    /// <param name="path">The file, for errors.</param>
    /// <param name="json">Its content.</param>
    /// <exception cref="ActorTrainException">It cannot be read, or is of a newer format.</exception>
    public static PendingJob Read(string path, byte[] json)
    {
        var file = ManifestJson.Deserialize(
            path,
            json,
            CurrentFormat,
            PendingJobJsonContext.Default.PendingJobFile,
            "a job that can be read"
        );
        return new PendingJob(
            file.JobId,
            JobAsSettings.Read(file.Settings, path) with
            {
                Resume = file.Resume,
                After = file.After,
            },
            new JobSubmission(file.Submitter, file.Submitted),
            file.Run,
            file.HasBegun,
            file.HasCheckpoint
        );
    }
}

/// <summary>How the files become JSON, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(PendingJobFile))]
internal sealed partial class PendingJobJsonContext : JsonSerializerContext;
