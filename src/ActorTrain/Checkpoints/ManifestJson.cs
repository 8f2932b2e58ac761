using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Checkpoints;

/// <summary>The manifest of a checkpoint as JSON.</summary>
internal static class ManifestJson
{
    public static byte[] Serialize(CheckpointManifest manifest) =>
        JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.CheckpointManifest);

    /// <summary>Reads a manifest of this or an earlier format.</summary>
    /// <param name="path">Its file, for errors.</param>
    /// <param name="json">Its content.</param>
    /// <exception cref="ActorTrainException">It is no manifest, or of a newer format.</exception>
    public static CheckpointManifest Deserialize(string path, byte[] json) =>
        Deserialize(
            path,
            json,
            CheckpointManifest.CurrentFormat,
            ManifestJsonContext.Default.CheckpointManifest,
            "a manifest that can be read"
        );

    /// <summary>Reads a file whose format has a number, the field <c>format</c>.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="json">Its content.</param>
    /// <param name="newest">The newest format that this program reads.</param>
    /// <param name="type">How it is read.</param>
    /// <param name="what">What the file should be, for errors.</param>
    /// <exception cref="ActorTrainException">It is something else, or of a newer format.</exception>
    public static T Deserialize<T>(string path, byte[] json, int newest, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            // A newer format may have other fields.
            var format = (int?)JsonNode.Parse(json)?["format"] ?? throw new JsonException("it has no format");
            if (format > newest)
                throw new ActorTrainException(
                    $"{path} is of format {format}, and this program reads formats up to {newest}; use the version of "
                        + "ActorTrain that wrote it, or a newer one."
                );
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("it is null");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            throw new ActorTrainException($"{path} is not {what}: {wrong.AsClause()}.", wrong);
        }
    }
}

/// <summary>How manifests become JSON, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    Converters = [typeof(FiniteNumberConverter), typeof(NoActorConverter)]
)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;

/// <summary>The actors of a job do not outlive it.</summary>
internal sealed class NoActorConverter : JsonConverter<IActorRef>
{
    public override IActorRef? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, IActorRef value, JsonSerializerOptions options) =>
        writer.WriteNullValue();
}
