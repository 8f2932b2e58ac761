using System.Text;
using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Replaying;

/// <summary>A simulation as C#: everything that differs from the defaults.</summary>
internal sealed class SimulationCode
{
    private readonly Placeholders _placeholders = new();
    private readonly SortedSet<string> _usings = new(UsingsInOrder)
    {
        "System",
        "ActorTrain.Job",
        "ActorTrain.TestKit",
    };
    private readonly OptionsCode _options;

    private SimulationCode() => _options = new OptionsCode(_placeholders, _usings);

    // System first, as editors sort them.
    private static Comparer<string> UsingsInOrder { get; } =
        Comparer<string>.Create((one, other) => (!IsSystem(one), one).CompareTo((!IsSystem(other), other)));

    /// <summary>The expression that creates the simulation.</summary>
    public static string Create(Simulation simulation)
    {
        var code = new SimulationCode();
        var expression = code.Expression(simulation);
        return string.Concat(code._placeholders.Lines.Select(line => line + "\n")) + expression;
    }

    /// <summary>The whole program: the job, the simulation, the faults applied by hand, and the assertion.</summary>
    public static string Create(Simulation simulation, JobOptions job, IReadOnlyList<(TimeSpan At, Fault Fault)> byHand)
    {
        var code = new SimulationCode();
        var (options, run) = (code.Job(job), code.Run(simulation, byHand));
        var text = new StringBuilder();
        foreach (var needed in code._usings)
            text.Append("using ").Append(needed).Append(";\n");
        text.Append('\n');
        foreach (var line in code._placeholders.Lines)
            text.Append(line).Append('\n');
        return text.Append(options).Append(run).Append("result.ShouldSucceed();").ToString();
    }

    private static bool IsSystem(string name) =>
        name == "System" || name.StartsWith("System.", StringComparison.Ordinal);

    private string Job(JobOptions job)
    {
        const string read = "new JobOptions()";
        var code = _options.Create("defaults", job, new JobOptions());
        return code == "defaults" ? $"var job = {read};\n" : $"var defaults = {read};\nvar job = {code};\n";
    }

    private string Run(Simulation simulation, IReadOnlyList<(TimeSpan At, Fault Fault)> byHand)
    {
        var expression = Expression(simulation);
        if (byHand.Count == 0)
            return $"var result = {expression}\n    .Run(job);\n";
        var code = new StringBuilder($"using var run = {expression}\n    .Start(job);\n");
        var now = TimeSpan.Zero;
        foreach (var (at, fault) in byHand)
        {
            if (at > now)
                code.Append($"run.Advance({CSharp.Literal(at - now)});\n");
            code.Append($"run.Make({fault});\n");
            now = at;
        }
        _usings.Add(typeof(Fault).Namespace!);
        if (byHand.Any(entry => entry.Fault.Joining > 0))
            _usings.Add(typeof(Speed).Namespace!);
        return code.Append("var result = run.ToEnd();\n").ToString();
    }

    private string Expression(Simulation simulation)
    {
        var code = new StringBuilder($"new Simulation(Seed: {CSharp.Literal(simulation.Seed)})");
        var given = Initializers(simulation).ToList();
        if (given.Count > 0)
            code.Append($"\n{{\n{string.Concat(given.Select(setting => $"    {setting},\n"))}}}");
        foreach (var node in simulation.Nodes)
            code.Append($"\n    .WithNode({node})");
        AppendLinks(code, simulation.Links);
        foreach (var (at, fault) in simulation.Script)
            code.Append($"\n    .At(seconds: {CSharp.Literal(at.TotalSeconds)}, {fault})");
        AddUsings(simulation);
        return code.ToString();
    }

    private IEnumerable<string> Initializers(Simulation simulation)
    {
        var standard = new Simulation(0);
        if (simulation.Limit != standard.Limit)
            yield return $"Limit = {CSharp.Literal(simulation.Limit)}";
        if (Engines(simulation.Engines) is { } engines)
            yield return $"Engines = {engines}";
        if (simulation.Algorithms.Added.Count > 0)
            yield return $"Algorithms = {_placeholders.Add(nameof(Simulation.Algorithms), simulation.Algorithms)}";
        if (simulation.Settings.Length > 0)
            yield return $"Settings = {CSharp.Lines(simulation.Settings, "        ")}";
        if (simulation.Costs != CostOptions.Default)
        {
            _usings.Add(typeof(CostOptions).Namespace!);
            var (perPush, perParameter) = simulation.Costs;
            yield return $"Costs = new CostOptions({CSharp.Literal(perPush)}, {CSharp.Literal(perParameter)})";
        }
        if (_options.Changes("Times", simulation.Times, standard.Times).ToList() is { Count: > 0 } times)
        {
            _usings.Add(typeof(MembershipTimes).Namespace!);
            yield return $"Times = new MembershipTimes {{ {string.Join(", ", times)} }}";
        }
    }

    private string? Engines(Engines.IEngineFactory engines)
    {
        if (engines is not AnalyticEngines { Code: { } code })
            return _placeholders.Add(nameof(Simulation.Engines), engines);
        if (code == AnalyticEngines.Small().Code)
            return null;
        _usings.Add(typeof(AnalyticEngines).Namespace!);
        return code;
    }

    private static void AppendLinks(StringBuilder code, NetworkOptions links)
    {
        var standard = NetworkOptions.Default;
        if ((links.Latency, links.BytesPerSecond) != (standard.Latency, standard.BytesPerSecond))
            code.Append($"\n    .WithLinks({CSharp.Literal(links.Latency)}, {CSharp.Literal(links.BytesPerSecond)})");
        foreach (var (one, other, latency, bytesPerSecond) in links.Links)
            code.Append(
                $"\n    .WithLink({CSharp.Listed([one, other])}, "
                    + $"{CSharp.Literal(latency)}, {CSharp.Literal(bytesPerSecond)})"
            );
    }

    private void AddUsings(Simulation simulation)
    {
        if (simulation.Script.Count > 0)
            _usings.Add(typeof(Fault).Namespace!);
        if (simulation.Nodes.Count > 0 || simulation.Script.Any(entry => entry.Fault.Joining > 0))
            _usings.Add(typeof(Speed).Namespace!);
        if (simulation.Nodes.Any(node => node.Device != NodePlan.Processor))
            _usings.Add(typeof(Engines.DeviceDescription).Namespace!);
    }
}
