using System.Text.Json;
using System.Text.Json.Serialization;
using ActorTrain.Checkpoints;
using ActorTrain.Job;

namespace ActorTrain.Results;

/// <summary>What has become of a job, as the file <c>job.json</c>.</summary>
/// <param name="Format">The version of the format: <see cref="CurrentFormat"/>.</param>
/// <param name="Version">The version of ActorTrain that wrote it.</param>
/// <param name="Job">How the job has ended.</param>
/// <param name="Settings">Its options, as settings.</param>
/// <param name="Model">The layouts of the model beside it; null where the job has no result.</param>
internal sealed record ResultManifest(
    int Format,
    string Version,
    JobSummary Job,
    SortedDictionary<string, string> Settings,
    CheckpointModel? Model
)
{
    /// <summary>The version of the format that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ResultJsonContext.Default.ResultManifest);

    /// <param name="path">Its file, for errors.</param>
    /// <param name="json">Its content.</param>
    /// <exception cref="ActorTrainException">It cannot be read, or is of a newer format.</exception>
    public static ResultManifest Read(string path, byte[] json) =>
        ManifestJson.Deserialize(
            path,
            json,
            CurrentFormat,
            ResultJsonContext.Default.ResultManifest,
            "a job's end that can be read"
        );
}

/// <summary>How manifests become JSON, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(ResultManifest))]
internal sealed partial class ResultJsonContext : JsonSerializerContext;
