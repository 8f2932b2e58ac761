using System.Globalization;
using System.Text;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Scripts;

/// <summary>Creates a simulation from a script.</summary>
internal sealed class ScriptReader
{
    private const string Section = "actortrain.simulation.",
        Node = Section + "node.",
        Nodes = Section + "nodes.",
        Job = "actortrain.job.";
    private const int Most = 1_000_000_000,
        MostNodes = 100_000;
    private static readonly IReadOnlyList<Setting> Defaults =
    [
        .. Setting.AllOf(
            ConfigurationFile.Embedded(typeof(ScriptReader).Assembly, "ActorTrain.TestKit.simulation.conf"),
            "simulation.conf"
        ),
    ];
    private readonly IReadOnlyList<Setting> _given;
    private readonly IReadOnlyList<string> _nodes;
    private readonly SettingsReader _settings;

    /// <exception cref="ActorTrainException">A key does not exist.</exception>
    public ScriptReader(LocatedConfig file, IEnumerable<SettingOverride> overrides)
    {
        _given =
        [
            .. overrides.Reverse().Select(given => new Setting(given.Key, given.Value, given.Source)),
            .. Setting.AllOf(file, "script"),
        ];
        _nodes =
        [
            .. _given
                .Where(setting => setting.Key.StartsWith(Nodes, StringComparison.Ordinal))
                .Select(setting => setting.Key[Nodes.Length..].Split('.')[0])
                .Distinct(),
        ];
        var keys = Defaults
            .Concat(ReferenceConfiguration.Settings)
            .Concat(ForEachNode(Defaults))
            .Select(setting => setting.Key);
        new KnownKeys(_nodes.Count > 0 ? keys : keys.Append(Nodes + "NAME.speed")).Check(file);
        _settings = SettingsReader.OfSettings([
            .. _given,
            .. Defaults,
            .. ForEachNode(_given),
            .. ForEachNode(Defaults),
        ]);
    }

    public SimulationScript Read()
    {
        var engine = _settings.Choice<ScriptEngine>(Section + "engine");
        var simulation = new Simulation(_settings.Long(Section + "seed"))
        {
            Limit = _settings.Duration(Section + "limit", TimeSpan.FromSeconds(1)),
            Costs = new CostOptions(
                _settings.Duration(Section + "shard.push", TimeSpan.Zero),
                1 / _settings.Double(Section + "shard.speed", Bounds.Above(0))
            ),
            Settings = NodeSettingsText(),
            Engines = AnalyticEngine(),
        };
        simulation = WithNodes(simulation);
        simulation = WithLinks(simulation);
        simulation = WithScript(simulation);
        return new SimulationScript(simulation, JobOptionsReader.Read(null, JobOverrides()), engine);
    }

    // The settings of all nodes, for each node.
    private IEnumerable<Setting> ForEachNode(IReadOnlyList<Setting> settings) =>
        from name in _nodes
        from setting in settings
        where setting.Key.StartsWith(Node, StringComparison.Ordinal)
        select setting with
        {
            Key = $"{Nodes}{name}.{setting.Key[Node.Length..]}",
        };

    private AnalyticEngines AnalyticEngine()
    {
        const string analytic = Section + "analytic.";
        return AnalyticEngines.Small(
            _settings.Int(analytic + "parameters", 1, Most),
            _settings.Int(analytic + "train-samples", 1, Most),
            (float)_settings.Float(analytic + "noise", Bounds.AtLeast(0)),
            _settings.Int(analytic + "test-samples", 1, Most)
        );
    }

    private Simulation WithNodes(Simulation simulation)
    {
        var plans = _nodes.SelectMany(Plans).ToList();
        if (plans.Count > MostNodes)
            throw new ActorTrainException(
                $"The script has {Plural.Format(plans.Count, "node")}; it may have at most {MostNodes}."
            );
        if (!plans.Exists(plan => plan.Roles.Contains(NodeRoles.Coordinator)))
            simulation = simulation.WithSeed();
        if (!plans.Exists(plan => plan.Roles.Contains(NodeRoles.Server)) && simulation.Nodes.Count == 0)
            throw new ActorTrainException("No node of the script has the role server; one must hold the parameters.");
        if (!plans.Exists(plan => plan.Roles.Contains(NodeRoles.Worker)))
            throw new ActorTrainException(
                "The script has no workers; actortrain.simulation.nodes must have a node with that role, such as "
                    + "worker { count = 4 }."
            );
        return plans.Aggregate(simulation, (cluster, plan) => cluster.WithNode(plan));
    }

    private IEnumerable<NodePlan> Plans(string name)
    {
        var section = $"{Nodes}{name}.";
        var count = _settings.Int(section + "count", 1, MostNodes);
        var roles = _settings.Items(section + "roles", NodeRoles.All);
        var speed =
            SpeedParser.Read(_settings.Text(section + "speed"))
            ?? throw _settings.Wrong(section + "speed", SpeedParser.Right);
        var device = _settings.Text(section + "device");
        if (device is not ("cpu" or "cuda"))
            throw _settings.Wrong(section + "device", "cpu or cuda");
        var plan = new NodePlan(
            name,
            roles,
            speed with
            {
                PerStep = _settings.Duration(section + "step", TimeSpan.Zero),
            }
        )
        {
            Loads = _settings.Duration(section + "loads", TimeSpan.Zero),
            Device = new DeviceDescription(device, "simulated", 1),
        };
        return count == 1
            ? [plan]
            : Enumerable.Range(1, count).Select(i => plan with { Name = FormattableString.Invariant($"{name}-{i}") });
    }

    private Simulation WithLinks(Simulation simulation)
    {
        const string links = Section + "links.",
            between = links + "between";
        simulation = simulation.WithLinks(
            _settings.Duration(links + "latency", TimeSpan.Zero),
            _settings.Size(links + "bandwidth", 1)
        );
        foreach (var text in _settings.Elements(between))
        {
            if (
                text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    is not [var one, var other, var latency, .. var rate]
                || Quantity.Duration(latency) is not { Ticks: >= 0 } time
                || Quantity.Bytes(string.Join(' ', rate)) is not { } bandwidth
                || bandwidth <= 0
            )
                throw _settings.WrongElement(
                    between,
                    text,
                    "two nodes, a latency and bytes a second, such as gpu seed 20ms 5MB"
                );
            foreach (var node in new[] { one, other })
                if (simulation.Nodes.All(there => there.Name != node))
                    throw _settings.WrongElement(between, text, $"about nodes of the script: {Names(simulation)}");
            simulation = simulation.WithLink(one, other, time, bandwidth);
        }
        return simulation;
    }

    private Simulation WithScript(Simulation simulation)
    {
        const string script = Section + "script";
        var faults = new FaultParser(simulation);
        foreach (var text in _settings.Elements(script))
        {
            var (at, fault) = faults.Read(text, right => _settings.WrongElement(script, text, right));
            simulation = simulation.At(at.TotalSeconds, fault);
        }
        return simulation;
    }

    private IEnumerable<SettingOverride> JobOverrides() =>
        _given
            .Where(setting => setting.Key.StartsWith(Job, StringComparison.Ordinal))
            .Reverse()
            .Select(setting => new SettingOverride(setting.Key, setting.Value ?? "", setting.Source));

    // Settings outside the simulation's and the job's sections are the nodes'.
    private string NodeSettingsText()
    {
        var text = new StringBuilder();
        foreach (
            var (key, value, _) in _given
                .Where(setting =>
                    !setting.Key.StartsWith(Section, StringComparison.Ordinal)
                    && !setting.Key.StartsWith(Job, StringComparison.Ordinal)
                )
                .Reverse()
        )
            text.Append(CultureInfo.InvariantCulture, $"{key} = {ConfigurationFile.Quoted(value)}\n");
        return text.ToString();
    }

    internal static string Names(Simulation simulation) =>
        string.Join(", ", simulation.Nodes.Take(20).Select(node => node.Name))
        + (simulation.Nodes.Count > 20 ? ", …" : "");
}
