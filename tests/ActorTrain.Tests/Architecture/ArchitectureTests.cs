using System.Reflection;
using ActorTrain.Protocol;
using ActorTrain.Serialization;
using Xunit.Abstractions;

namespace ActorTrain.Tests.Architecture;

/// <summary>
/// Allowed dependencies. The folders of the runtime form floors: a folder uses its own floor and lower ones, without a
/// circle.
/// </summary>
public sealed class ArchitectureTests(ITestOutputHelper output)
{
    private static readonly Assembly Core = typeof(IWireMessage).Assembly;

    /// <summary>From the lowest. Types of all floors that users need are in the root.</summary>
    private static readonly string[][] Floors =
    [
        ["(root)", "Settings", "Sentences", "Files"],
        ["Parameters", "Leases", "Staleness", "Consistency", "Balancing", "Remedies"],
        ["Job", "Engines"],
        ["Telemetry", "Threads", "Handshakes", "Serialization", "Lane", "Saving"],
        ["Protocol"],
        ["Supervision", "Checkpoints", "Pending", "Results", "Server", "Worker", "Coordinator"],
        ["Hosting"],
    ];

    private static readonly Lazy<IReadOnlyList<FolderUse>> Uses = new(() => [.. FolderUse.AllOf(Core.Location)]);

    [Fact]
    public void Each_folder_is_on_one_floor()
    {
        var folders = Uses.Value.Select(use => use.Folder).Distinct().Order(StringComparer.Ordinal);

        folders.ShouldBe(Floors.SelectMany(floor => floor).Order(StringComparer.Ordinal));
        foreach (var (floor, number) in Floors.Select((floor, i) => (floor, i + 1)))
            output.WriteLine($"{number}  {string.Join(" · ", floor)}");
    }

    [Fact]
    public void A_folder_uses_no_floor_above_its_own() =>
        Uses.Value.Where(use => use.Used is { } used && FloorOf(used) > FloorOf(use.Folder)).ShouldBeEmpty();

    [Fact]
    public void No_folders_use_each_other_in_a_circle()
    {
        var known = Uses
            .Value.Where(use => use.Used is not null && use.Used != use.Folder)
            .GroupBy(use => use.Folder, use => use.Used!)
            .ToDictionary(folder => folder.Key, folder => folder.ToHashSet());
        // Removes folders without remaining dependencies, again and again: the rest forms a circle.
        while (known.Count > 0)
        {
            var lowest = known.Where(folder => !folder.Value.Any(known.ContainsKey)).Select(folder => folder.Key);
            lowest.ShouldNotBeEmpty($"a circle of {string.Join(", ", known.Keys)}");
            foreach (var folder in lowest.ToList())
                known.Remove(folder);
        }
    }

    [Fact]
    public void The_map_shows_the_floors()
    {
        var map = File.ReadAllText(Path.Combine(Repository.Root, "src", "README.md"));

        foreach (var (floor, number) in Floors.Select((floor, i) => (floor, i + 1)))
            map.ShouldContain($"{number}  {string.Join(" · ", floor)}");
    }

    [Fact]
    public void The_runtime_does_not_reference_Torch() =>
        Core.GetReferencedAssemblies()
            .ShouldAllBe(assembly => !assembly.Name!.Contains("Torch", StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("Sentences")]
    [InlineData("Parameters")]
    [InlineData("Leases")]
    [InlineData("Staleness")]
    [InlineData("Consistency")]
    [InlineData("Balancing")]
    [InlineData("Remedies")]
    [InlineData("Job")]
    [InlineData("Engines")]
    public void Decisions_do_not_use_actors(string folder)
    {
        var uses = Uses.Value.Where(use => use.Folder == folder).ToList();

        uses.ShouldNotBeEmpty();
        uses.Where(use => use.UsedType.StartsWith("Akka.Actor.", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void No_message_sent_by_Akka_contains_a_tensor() =>
        WireTypes.All.Types.ShouldAllBe(type =>
            !type.GetProperties()
                .Select(property => property.PropertyType)
                .Any(inside => (inside.GetElementType() ?? inside) == typeof(ActorTrain.Lane.TensorSlice))
        );

    [Fact]
    public void Messages_are_immutable() =>
        WireTypes
            .All.Messages.SelectMany(message => message.GetProperties())
            .Where(property =>
                property.SetMethod is { } set
                && !set
                    .ReturnParameter.GetRequiredCustomModifiers()
                    .Contains(typeof(System.Runtime.CompilerServices.IsExternalInit))
            )
            .ShouldBeEmpty();

    private static int FloorOf(string folder) => Array.FindIndex(Floors, floor => floor.Contains(folder));
}
