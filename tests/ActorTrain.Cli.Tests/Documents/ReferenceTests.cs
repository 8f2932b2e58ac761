using System.Collections;
using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorTrain.CommandLine;
using ActorTrain.CommandLine.Verbs;
using ActorTrain.Job;
using ActorTrain.Telemetry;
using ActorTrain.Tests.Telemetry;

namespace ActorTrain.Cli.Tests.Documents;

/// <summary>REFERENCE.md and the list of keys in hocon/README.md are what the code says.</summary>
public sealed class ReferenceTests
{
    private const string Reference = "REFERENCE.md";
    private static readonly XmlDocs Docs = new("ActorTrain.Runtime");

    [Fact]
    public void Verbs_and_options()
    {
        var program = CatalogueProgram.Create();
        var root = VerbCatalog.CreateRoot(
            new Terminal(program.Name, TextWriter.Null, TextWriter.Null, IsInteractive: false),
            program,
            CatalogueProgram.Verbs
        );

        GeneratedText.ShouldStandIn(Reference, "verbs", root.Subcommands.SelectMany(Verb));
    }

    [Fact]
    public void Exit_codes() =>
        GeneratedText.ShouldStandIn(
            Reference,
            "exit codes",
            [
                "| code | meaning |",
                "|---|---|",
                .. ExitCodes.Table.Select(row => row.Split("  ", 2)).Select(row => $"| {row[0]} | {row[1]} |"),
            ]
        );

    [Fact]
    public void Report_fields() =>
        GeneratedText.ShouldStandIn(
            Reference,
            "report",
            ["| field | meaning |", "|---|---|", .. Fields(typeof(TrainingReport), "")]
        );

    [Fact]
    public void Status_fields() =>
        GeneratedText.ShouldStandIn(
            Reference,
            "status",
            ["| field | meaning |", "|---|---|", .. Fields(typeof(ClusterStatus), "")]
        );

    [Fact]
    public void Events() =>
        GeneratedText.ShouldStandIn(Reference, "events", Constants(typeof(SupervisionEventKinds), "kind"));

    [Fact]
    public void Log_messages() =>
        GeneratedText.ShouldStandIn(
            Reference,
            "log messages",
            [
                "| id | name | level | template |",
                "|---|---|---|---|",
                .. LogCatalogue.All.Select(entry =>
                    $"| {entry.Message.Id} | `{entry.Message.Name}` | {entry.Level.ToString().Replace("Level", "")} | "
                    + $"{entry.Message.Format} |"
                ),
            ]
        );

    [Fact]
    public void Metrics() =>
        GeneratedText.ShouldStandIn(Reference, "metrics", Constants(typeof(ActorTrainTelemetry), "name"));

    [Fact]
    public void Keys() =>
        GeneratedText.ShouldStandIn(
            "hocon/README.md",
            "keys",
            ConfigurationKeys.Table(
                File.ReadAllText(Path.Combine(Document.Repository, "src", "ActorTrain", "reference.conf"))
            )
        );

    private static IEnumerable<string> Verb(Command verb)
    {
        yield return $"### `{string.Join(' ', [verb.Name, .. verb.Arguments.Select(argument => argument.Name)])}`";
        yield return "";
        yield return verb.Description!;
        yield return "";
        yield return "| option | meaning |";
        yield return "|---|---|";
        foreach (var argument in verb.Arguments)
            yield return $"| `{argument.Name}` | {argument.Description} |";
        foreach (var option in verb.Options.Where(option => !option.Hidden && option.Name != "--help"))
        {
            var value = option.HelpName is { } name ? " " + name : "";
            yield return $"| `{option.Name}{value}` | {option.Description} |";
        }
        yield return "";
    }

    private static IEnumerable<string> Fields(Type type, string prefix)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always })
                continue;
            var name =
                property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
                ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var element = ElementOf(property.PropertyType);
            var isList =
                property.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(property.PropertyType);
            var path = prefix + name + (isList ? "[]" : "");
            yield return $"| `{path}` | {Docs.Of(type, property.Name)} |";
            if (element.Assembly == typeof(TrainingReport).Assembly && element.IsClass)
                foreach (var field in Fields(element, path + "."))
                    yield return field;
        }
    }

    private static Type ElementOf(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type)
            ? type.IsArray
                ? type.GetElementType()!
                : type.GetGenericArguments()[^1]
            : Nullable.GetUnderlyingType(type) ?? type;

    private static IEnumerable<string> Constants(Type type, string heading) =>
        [
            $"| {heading} | meaning |",
            "|---|---|",
            .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.IsLiteral)
                .Select(field => $"| `{field.GetRawConstantValue()}` | {Docs.Of(type, field.Name)} |"),
        ];
}
