using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// A server and workers as nodes of this process, one thread each, whose speeds can be changed at any time.
/// </summary>
internal sealed class LocalNodes : IAsyncDisposable
{
    private readonly List<ActorTrainNode> _nodes = [];

    private LocalNodes() { }

    /// <summary>The workers' nodes, in the order of their start.</summary>
    public IReadOnlyList<string> Workers => [.. _nodes.Skip(1).Select(node => $"{node.Address}")];

    /// <summary>Starts them.</summary>
    /// <param name="throttles">The speed of each worker as a part of its full speed.</param>
    /// <param name="nodeSettings">HOCON that overrides the defaults of every node.</param>
    public static async Task<LocalNodes> StartAsync(IEnumerable<Func<double>> throttles, string nodeSettings)
    {
        var config = ConfigurationFactory
            .ParseString("akka.loglevel = OFF")
            .WithFallback(ConfigurationFactory.ParseString(nodeSettings));
        var nodes = new LocalNodes();
        nodes._nodes.Add(
            await ActorTrainNode.StartAsync(
                new StandaloneNodeOptions { Roles = [NodeRoles.Coordinator, NodeRoles.Server], Configuration = config }
            )
        );
        foreach (var throttle in throttles)
        {
            nodes._nodes.Add(
                await ActorTrainNode.StartAsync(
                    new StandaloneNodeOptions
                    {
                        Roles = [NodeRoles.Worker],
                        Join = nodes._nodes[0].Address,
                        Engines = new ThrottledEngines(
                            new TorchEngineFactory(new TorchOptions("cpu", Threads: 1)),
                            throttle
                        ),
                        Configuration = config,
                    }
                )
            );
        }
        return nodes;
    }

    /// <summary>Runs a job on all workers.</summary>
    /// <param name="job">The job.</param>
    /// <param name="follow">Receives its progress at every <c>progress-interval</c>.</param>
    public async Task<TrainingReport> RunAsync(JobOptions job, Action<JobProgress> follow)
    {
        await using var client = TrainingClient.From(_nodes[0]);
        var run = await client.SubmitAsync(job with { MinimumWorkers = _nodes.Count - 1 });
        await foreach (var progress in run.Progress)
            follow(progress);
        return (await run.Completion).Report;
    }

    public async ValueTask DisposeAsync()
    {
        // The seed last: the other nodes leave through it.
        foreach (var node in _nodes.AsEnumerable().Reverse())
            await node.DisposeAsync();
    }
}
