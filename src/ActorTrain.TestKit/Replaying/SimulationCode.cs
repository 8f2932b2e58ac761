using System.Text;
using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Replaying;

/// <summary>A simulation as C#: all of it that is not as by default.</summary>
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

    // As editors sort them: System first.
    private static Comparer<string> UsingsInOrder { get; } =
        Comparer<string>.Create((one, other) => (!IsSystem(one), one).CompareTo((!IsSystem(other), other)));

    /// <summary>The expression that makes the simulation.</summary>
    public static string Of(Simulation simulation)
    {
        var code = new SimulationCode();
        var made = code.Made(simulation);
        return string.Concat(code._placeholders.Lines.Select(line => line + "\n")) + made;
    }

    /// <summary>The whole program: the job, the simulation, what was done to it by hand, and the assertion.</summary>
    public static string Of(Simulation simulation, JobOptions job, IReadOnlyList<(TimeSpan At, Fault Fault)> byHand)
    {
        var code = new SimulationCode();
        var (options, run) = (code.Job(job), code.Run(simulation, byHand));
        var text = new StringBuilder();
        foreach (var needed in code._usings)
            text.Append("using ").Append(needed).Append(";\n");
        text.Append('\n');
        foreach (var line in code._placeholders.Lines)
            text.Append(line).Append('\n');
        return text.Append(options).Append(run).Append("result.ShouldBeSound();").ToString();
    }

    private static bool IsSystem(string name) =>
        name == "System" || name.StartsWith("System.", StringComparison.Ordinal);

    private string Job(JobOptions job)
    {
        const string read = "JobOptionsReader.Read()";
        var code = _options.Of("defaults", job, JobOptionsReader.Read());
        return code == "defaults" ? $"var job = {read};\n" : $"var defaults = {read};\nvar job = {code};\n";
    }

    private string Run(Simulation simulation, IReadOnlyList<(TimeSpan At, Fault Fault)> byHand)
    {
        var made = Made(simulation);
        if (byHand.Count == 0)
            return $"var result = {made}\n    .Run(job);\n";
        var code = new StringBuilder($"using var run = {made}\n    .Start(job);\n");
        var now = TimeSpan.Zero;
        foreach (var (at, fault) in byHand)
        {
            if (at > now)
                code.Append($"run.Advance({CSharp.Of(at - now)});\n");
            code.Append($"run.Make({fault});\n");
            now = at;
        }
        _usings.Add(typeof(Fault).Namespace!);
        if (byHand.Any(made => made.Fault.Joining > 0))
            _usings.Add(typeof(Speed).Namespace!);
        return code.Append("var result = run.ToEnd();\n").ToString();
    }

    private string Made(Simulation simulation)
    {
        var code = new StringBuilder($"new Simulation(Seed: {CSharp.Of(simulation.Seed)})");
        var given = Given(simulation).ToList();
        if (given.Count > 0)
            code.Append($"\n{{\n{string.Concat(given.Select(setting => $"    {setting},\n"))}}}");
        foreach (var node in simulation.Nodes)
            code.Append($"\n    .WithNode({node})");
        AppendLinks(code, simulation.Links);
        foreach (var (at, fault) in simulation.Script)
            code.Append($"\n    .At(seconds: {CSharp.Of(at.TotalSeconds)}, {fault})");
        AddUsings(simulation);
        return code.ToString();
    }

    private IEnumerable<string> Given(Simulation simulation)
    {
        var standard = new Simulation(0);
        if (simulation.Limit != standard.Limit)
            yield return $"Limit = {CSharp.Of(simulation.Limit)}";
        if (Engines(simulation.Engines) is { } engines)
            yield return $"Engines = {engines}";
        if (simulation.Settings.Length > 0)
            yield return $"Settings = {CSharp.Lines(simulation.Settings, "        ")}";
        if (simulation.Costs != CostOptions.Default)
        {
            _usings.Add(typeof(CostOptions).Namespace!);
            var (perPush, perParameter) = simulation.Costs;
            yield return $"Costs = new CostOptions({CSharp.Of(perPush)}, {CSharp.Of(perParameter)})";
        }
        if (_options.Changes("Times", simulation.Times, standard.Times).ToList() is { Count: > 0 } times)
        {
            _usings.Add(typeof(MembershipTimes).Namespace!);
            yield return $"Times = new MembershipTimes {{ {string.Join(", ", times)} }}";
        }
    }

    private string? Engines(Worker.IEngineFactory engines)
    {
        if (engines is not AnalyticEngines { Code: { } code })
            return _placeholders.Of(nameof(Simulation.Engines), engines);
        if (code == AnalyticEngines.Small().Code)
            return null;
        _usings.Add(typeof(AnalyticEngines).Namespace!);
        return code;
    }

    private static void AppendLinks(StringBuilder code, NetworkOptions links)
    {
        var standard = NetworkOptions.Default;
        if ((links.Latency, links.BytesPerSecond) != (standard.Latency, standard.BytesPerSecond))
            code.Append($"\n    .WithLinks({CSharp.Of(links.Latency)}, {CSharp.Of(links.BytesPerSecond)})");
        foreach (var (one, other, latency, bytesPerSecond) in links.Links)
            code.Append(
                $"\n    .WithLink({CSharp.Listed([one, other])}, {CSharp.Of(latency)}, {CSharp.Of(bytesPerSecond)})"
            );
    }

    private void AddUsings(Simulation simulation)
    {
        if (simulation.Script.Count > 0)
            _usings.Add(typeof(Fault).Namespace!);
        if (simulation.Nodes.Count > 0 || simulation.Script.Any(happens => happens.Fault.Joining > 0))
            _usings.Add(typeof(Speed).Namespace!);
        if (simulation.Nodes.Any(node => node.Device != NodePlan.Processor))
            _usings.Add(typeof(Worker.DeviceDescription).Namespace!);
    }
}
