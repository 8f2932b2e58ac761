using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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
    public static CheckpointManifest Deserialize(string path, byte[] json)
    {
        try
        {
            // A newer format may have other fields.
            var format = (int?)JsonNode.Parse(json)?["format"] ?? throw new JsonException("it has no format");
            if (format > CheckpointManifest.CurrentFormat)
                throw new ActorTrainException(
                    $"{path} is of format {format}, and this program reads formats up to "
                        + $"{CheckpointManifest.CurrentFormat}; use the version of ActorTrain that wrote it, or a "
                        + "newer one."
                );
            return JsonSerializer.Deserialize(json, ManifestJsonContext.Default.CheckpointManifest)
                ?? throw new JsonException("it is null");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            throw new ActorTrainException($"{path} is not a manifest that can be read: {wrong.AsClause()}.", wrong);
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
