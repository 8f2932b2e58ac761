using System.Globalization;
using ActorTrain.Settings;
using ActorTrain.TestKit.Faults;

namespace ActorTrain.TestKit.Scripts;

/// <summary>
/// Parses a script's faults and their times, the inverse of <see cref="Fault.Words"/>. Their nodes must exist or have
/// joined by earlier lines.
/// </summary>
/// <param name="simulation">The simulation with its initial nodes.</param>
internal sealed class FaultParser(Simulation simulation)
{
    private const int MostJoin = 100_000;
    private static readonly string[] Verbs =
    [
        "kill",
        "restart",
        "freeze",
        "thaw",
        "leave",
        "slow",
        "partition",
        "heal-partition",
        "cut-power",
        "restore-power",
        "join",
        "fail-engine",
        "not-finite",
    ];
    private readonly HashSet<string> _nodes = [.. simulation.Nodes.Select(node => node.Name)];
    private int _workers = simulation.Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));

    /// <summary>Parses one line.</summary>
    /// <param name="text">The line.</param>
    /// <param name="error">Creates the error; its argument completes "it must be …".</param>
    public (TimeSpan At, Fault Fault) Read(string text, Func<string, ActorTrainException> error)
    {
        if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var time, var verb, .. var words])
            throw error("a time and a fault, such as 00:10 kill worker-3");
        if (Time(time) is not { } at)
            throw error($"at a time such as 00:10, 1:00:00 or 90s, not {time}");
        Fault fault = (verb, words) switch
        {
            ("kill", [var node]) => Fault.Kill(KnownNode(node)),
            ("restart", [var node]) => Fault.Restart(KnownNode(node)),
            ("freeze", [var node]) => Fault.Freeze(KnownNode(node)),
            ("thaw", [var node]) => Fault.Thaw(KnownNode(node)),
            ("leave", [var node]) => Fault.Leave(KnownNode(node)),
            ("fail-engine", [var node]) => Fault.FailEngine(KnownNode(node)),
            ("slow", [var node, "to", var part]) => Fault.Slow(KnownNode(node), Number(part, Bounds.AboveUpTo(0, 1))),
            ("partition", { Length: > 0 } nodes) => Fault.Partition([.. nodes.Select(KnownNode)]),
            ("heal-partition", []) => Fault.HealPartition(),
            ("cut-power", []) => Fault.CutPower(),
            ("restore-power", []) => Fault.RestorePower(),
            ("not-finite", [var node]) => Fault.NotFinite(KnownNode(node), 1),
            ("not-finite", [var node, var gradients]) => Fault.NotFinite(
                KnownNode(node),
                Whole(gradients, int.MaxValue)
            ),
            ("join", [var count, "at", .. var speed]) => Join(
                Whole(count, MostJoin),
                SpeedParser.Read(string.Join(' ', speed)) ?? throw error($"at a speed: {SpeedParser.Right}")
            ),
            _ => throw error(
                Verbs.Contains(verb) ? $"written as {Example(verb)}"
                : Spelling.Nearest(verb, Verbs) is { } near ? $"a fault, such as {near}"
                : $"one of {string.Join(", ", Verbs)}"
            ),
        };
        return (at, fault);

        string KnownNode(string node) =>
            _nodes.Contains(node)
                ? node
                : throw error(
                    $"about a node of the script: "
                        + ScriptReader.Names(simulation)
                        + (_nodes.Count > simulation.Nodes.Count ? ", and those that have joined" : "")
                );

        double Number(string word, Bounds bounds) =>
            double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && bounds.Contain(value)
                ? value
                : throw error($"with a number {bounds}, not {word}");

        int Whole(string word, int most) =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= 1
            && value <= most
                ? value
                : throw error($"with a whole number from 1 to {most}, not {word}");
    }

    private Fault Join(int count, Nodes.Speed speed)
    {
        for (var i = 0; i < count; i++)
            _nodes.Add(WorkerNames.Next(ref _workers, _nodes.Contains));
        return Fault.Join(count, speed);
    }

    private static string Example(string verb) =>
        verb switch
        {
            "slow" => "slow NODE to 0.25",
            "partition" => "partition NODE NODE …",
            "heal-partition" or "cut-power" or "restore-power" => verb,
            "join" => "join 10 at 1000",
            "not-finite" => "not-finite NODE 3",
            _ => $"{verb} NODE",
        };

    /// <summary><c>mm:ss</c>, <c>h:mm:ss</c>, or a duration with its unit.</summary>
    private static TimeSpan? Time(string text)
    {
        if (!text.Contains(':', StringComparison.Ordinal))
            return char.IsAsciiLetter(text[^1]) && Quantity.Duration(text) is { Ticks: >= 0 } duration
                ? duration
                : null;
        var seconds = 0.0;
        var parts = text.Split(':');
        for (var i = 0; i < parts.Length; i++)
        {
            var style = i == parts.Length - 1 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
            if (
                parts.Length > 3
                || !double.TryParse(parts[i], style, CultureInfo.InvariantCulture, out var part)
                || i > 0 && part >= 60
                || part > 1e6
            )
                return null;
            seconds = seconds * 60 + part;
        }
        return TimeSpan.FromSeconds(seconds);
    }
}
