using ActorTrain.Job;
using ActorTrain.TestKit.Faults;

namespace ActorTrain.Cli.Simulating;

/// <summary>The faults and events of a simulation, as rows of the timeline table.</summary>
internal static class TimelineEvents
{
    private const int MostNodes = 5;

    /// <summary>One row for each fault.</summary>
    public static IEnumerable<TimelineRow> FaultRows(IEnumerable<(TimeSpan At, Fault Fault)> faults) =>
        faults.Select(fault => new TimelineRow(fault.At, [], $"▸ {fault.Fault.Words}"));

    /// <summary>Events of one kind in the same second share a row: ten workers that join are one line.</summary>
    public static IEnumerable<TimelineRow> EventRows(IEnumerable<(TimeSpan At, SupervisionEvent Event)> events) =>
        events
            .GroupBy(raised => (Second: (long)raised.At.TotalSeconds, raised.Event.Kind))
            .Select(group => EventRow([.. group]));

    private static TimelineRow EventRow(IReadOnlyList<(TimeSpan At, SupervisionEvent Event)> events)
    {
        var (at, first) = events[0];
        var nodes = events
            .Select(raised => raised.Event.Node)
            .Distinct()
            .OrderBy(node => node.Length)
            .ThenBy(node => node, StringComparer.Ordinal)
            .ToList();
        var reason = nodes.Count == 1 ? $": {first.Reason}; {first.Action}" : "";
        return new TimelineRow(at, [], $"{first.Kind} {Names(nodes)}{reason}");
    }

    private static string Names(List<string> nodes) =>
        nodes.Count <= MostNodes ? string.Join(", ", nodes) : $"{nodes[0]}, {nodes[1]}, … {nodes[^1]} ({nodes.Count})";
}
