using System.CommandLine;
using ActorTrain.Benchmarks.Balance;
using ActorTrain.Benchmarks.Chaos;
using ActorTrain.Benchmarks.Exchange;
using ActorTrain.Benchmarks.Peer;
using ActorTrain.Benchmarks.Scale;
using ActorTrain.Benchmarks.Simulated;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Benchmarks.Updates;

namespace ActorTrain.Benchmarks;

/// <summary>What the README's tables are made with.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand(
            "Measures the tensor lane, the shard's update, the engine and whole jobs; each checks its result before "
                + "it prints a time."
        )
        {
            Verb(
                "exchange",
                "A push and its answer, over every road, beside a raw socket loop and gloo.",
                ExchangeBenchmark.RunAsync
            ),
            Verb(
                "update",
                "The shard's fused update of each optimizer, beside the memory's bandwidth.",
                UpdateBenchmark.RunAsync
            ),
            Verb(
                "training",
                "Two worker processes and a server on this machine, beside the plain loop and PyTorch DDP.",
                TrainingBenchmark.RunAsync
            ),
            Verb(
                "large",
                "A job with 100 million parameters: 20 steps of two workers, and the memory they take.",
                LargeJobBenchmark.RunAsync
            ),
            Verb(
                "saturation",
                "A minute of a lane that is never idle, with 100 million floats a message: the cluster must not "
                    + "notice.",
                SaturationBenchmark.RunAsync
            ),
            Verb(
                "balance",
                "A fast and a slow worker, alone and together, beside PyTorch DDP; and how soon work follows a "
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
            ChaosVerbs.Chaos(),
            ChaosVerbs.Alarms(),
            ExploreVerb.Create(),
            ScaleVerb.Create(),
            MemoryVerb.Create(),
            Verb(
                "predict",
                "What the simulator says of two, three and four worker processes, beside what they do.",
                PredictionBenchmark.RunAsync,
                rounds: 3
            ),
            Hidden(SaturationBenchmark.Verb, SaturationBenchmark.RunNeighbour),
            Hidden(EchoNode.Verb, EchoNode.Run),
            Hidden(RawEcho.Verb, RawEcho.Run),
            Hidden(PlainLoop.Verb, PlainLoop.Run),
        };
        return await root.Parse(arguments).InvokeAsync();
    }

    private static Command Verb(string name, string description, Func<BenchmarkOptions, Task> run, int rounds = 5)
    {
        var peer = new Option<bool>("--peer")
        {
            Description =
                "Also measure PyTorch; installs Debian's python3-torch and libopenblas0-pthread where they are "
                + "missing.",
        };
        var times = new Option<int>("--rounds")
        {
            Description = "Rounds that the median is taken of.",
            DefaultValueFactory = _ => rounds,
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Rows or jobs to measure, by a part of their name; all without it.",
            AllowMultipleArgumentsPerToken = true,
        };
        var job = new Option<string>("--job")
        {
            Description = "Job settings over the defaults, such as 'overlap = 1, epochs = 20'.",
            DefaultValueFactory = _ => "",
        };
        var node = new Option<string>("--node")
        {
            Description = "Node settings over the defaults, such as 'lane.same-machine = tcp'.",
            DefaultValueFactory = _ => "",
        };
        var command = new Command(name, description) { peer, times, only, job, node };
        command.SetAction(
            async (parsed, _) =>
            {
                var python = parsed.GetValue(peer) ? PeerPython.Find() : null;
                await run(
                    new BenchmarkOptions(
                        python,
                        Math.Max(1, parsed.GetValue(times)),
                        parsed.GetValue(only) ?? [],
                        $"actortrain.job {{ {parsed.GetValue(job)} }}",
                        $"actortrain {{ {parsed.GetValue(node)} }}"
                    )
                );
            }
        );
        return command;
    }

    /// <summary>A process that a benchmark starts for itself.</summary>
    private static Command Hidden(string name, Action<string[]> run)
    {
        var words = new Argument<string[]>("words");
        var command = new Command(name) { words };
        command.Hidden = true;
        command.SetAction(parsed => run(parsed.GetValue(words) ?? []));
        return command;
    }
}

/// <summary>How a benchmark is to be run.</summary>
/// <param name="Peer">A Python with PyTorch; null to leave the peer out.</param>
/// <param name="Rounds">Rounds that the median is taken of.</param>
/// <param name="Only">Parts of names; empty for all.</param>
/// <param name="JobSettings">HOCON over the job's defaults.</param>
/// <param name="NodeSettings">HOCON over the nodes' defaults.</param>
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
