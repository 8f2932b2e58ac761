using System.CommandLine;
using ActorTrain.Benchmarks.Balance;
using ActorTrain.Benchmarks.Chaos;
using ActorTrain.Benchmarks.Durability;
using ActorTrain.Benchmarks.Exchange;
using ActorTrain.Benchmarks.Peer;
using ActorTrain.Benchmarks.Scale;
using ActorTrain.Benchmarks.Simulated;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Benchmarks.Updates;

namespace ActorTrain.Benchmarks;

/// <summary>The benchmarks behind the README's tables.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand(
            "Measures the tensor lane, the shard's update, the engine and whole jobs; each result is checked before "
                + "its time is printed."
        )
        {
            Verb(
                "exchange",
                "A push and its reply over every transport, compared with a raw socket loop and gloo.",
                ExchangeBenchmark.RunAsync
            ),
            Verb(
                "update",
                "The shard's fused update of each optimizer, compared with the memory's bandwidth.",
                UpdateBenchmark.RunAsync
            ),
            Verb(
                "training",
                "Two worker processes and a server on this machine, compared with the plain loop and PyTorch DDP.",
                TrainingBenchmark.RunAsync
            ),
            Gpu(),
            Verb(
                "large",
                "A job with 100 million parameters: 20 steps of two workers, and the memory they take.",
                LargeJobBenchmark.RunAsync
            ),
            Verb(
                "saturation",
                "A minute of a lane that is never idle, with 100 million floats a message: no node may become "
                    + "unreachable.",
                SaturationBenchmark.RunAsync
            ),
            Verb(
                "balance",
                "A fast and a slow worker, alone and together, compared with PyTorch DDP; and how soon work follows a "
                    + "change of their speeds.",
                BalanceBenchmark.RunAsync
            ),
            Verb(
                "straggler",
                "One of four workers at an eighth of the others' speed: accuracy and time by staleness policy, and "
                    + "with balance; a round is a seed.",
                StragglerBenchmark.RunAsync,
                rounds: 3
            ),
            Verb(
                "durability",
                "The same job with neither standbys nor checkpoints, with the one, and with the other.",
                DurabilityBenchmark.RunAsync
            ),
            KillsVerb.Create(),
            ChaosVerbs.Chaos(),
            ChaosVerbs.Alarms(),
            ExploreVerb.Create(),
            ScaleVerb.Create(),
            MemoryVerb.Create(),
            Verb(
                "predict",
                "The simulator's predictions for two, three and four worker processes, compared with measurements.",
                PredictionBenchmark.RunAsync,
                rounds: 3
            ),
            Hidden(SaturationBenchmark.Verb, SaturationBenchmark.RunNeighbour),
            Hidden(KillsVerb.Writer, KillsVerb.Write),
            Hidden(EchoNode.Verb, EchoNode.Run),
            Hidden(RawEcho.Verb, RawEcho.Run),
            Hidden(PlainLoop.Verb, PlainLoop.Run),
        };
        return await root.Parse(arguments).InvokeAsync();
    }

    private static Command Gpu()
    {
        var device = new Option<string>("--device")
        {
            Description = "The device.",
            DefaultValueFactory = _ => "cuda:0",
        };
        return Verb(
            "gpu",
            "A worker on a GPU, alone and with workers on CPU threads, compared with the plain loop and PyTorch.",
            (parsed, options) => GpuBenchmark.RunAsync(parsed.GetValue(device)!, options),
            device
        );
    }

    private static Command Verb(string name, string description, Func<BenchmarkOptions, Task> run, int rounds = 5) =>
        Verb(name, description, (_, options) => run(options), rounds: rounds);

    private static Command Verb(
        string name,
        string description,
        Func<ParseResult, BenchmarkOptions, Task> run,
        Option? own = null,
        int rounds = 5
    )
    {
        var peer = new Option<bool>("--peer")
        {
            Description =
                "Also measure PyTorch; installs Debian's python3-torch and libopenblas0-pthread where they are "
                + "missing.",
        };
        var roundsOption = new Option<int>("--rounds")
        {
            Description = "Rounds of the median.",
            DefaultValueFactory = _ => rounds,
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Rows or jobs to measure, by a part of their name; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        var job = new Option<string>("--job")
        {
            Description = "Job settings that override the defaults, such as 'max-in-flight-pushes = 1, epochs = 20'.",
            DefaultValueFactory = _ => "",
        };
        var node = new Option<string>("--node")
        {
            Description = "Node settings that override the defaults, such as 'lane.same-machine = tcp'.",
            DefaultValueFactory = _ => "",
        };
        var command = new Command(name, description) { peer, roundsOption, only, job, node };
        if (own is not null)
            command.Add(own);
        command.SetAction(
            async (parsed, _) =>
            {
                var python = parsed.GetValue(peer) ? PeerPython.Find() : null;
                await run(
                    parsed,
                    new BenchmarkOptions(
                        python,
                        Math.Max(1, parsed.GetValue(roundsOption)),
                        parsed.GetValue(only) ?? [],
                        $"actortrain.job {{ {parsed.GetValue(job)} }}",
                        $"actortrain {{ {parsed.GetValue(node)} }}"
                    )
                );
            }
        );
        return command;
    }

    /// <summary>A process that a benchmark starts itself.</summary>
    private static Command Hidden(string name, Action<string[]> run)
    {
        var arguments = new Argument<string[]>("arguments");
        var command = new Command(name) { arguments };
        command.Hidden = true;
        command.SetAction(parsed => run(parsed.GetValue(arguments) ?? []));
        return command;
    }
}

/// <summary>Options of a benchmark.</summary>
/// <param name="Peer">A Python with PyTorch; null to leave the peer out.</param>
/// <param name="Rounds">Rounds of the median.</param>
/// <param name="Only">Parts of names; empty for all.</param>
/// <param name="JobSettings">HOCON that overrides the job's defaults.</param>
/// <param name="NodeSettings">HOCON that overrides the nodes' defaults.</param>
internal sealed record BenchmarkOptions(
    PeerPython? Peer,
    int Rounds,
    IReadOnlyList<string> Only,
    string JobSettings,
    string NodeSettings
)
{
    public bool Wants(string name) =>
        Only.Count == 0 || Only.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
}
