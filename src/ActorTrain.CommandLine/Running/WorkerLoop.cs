using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Running;

/// <summary>Runs a worker node: it waits for its cluster, works, and joins again when the cluster is gone.</summary>
internal sealed class WorkerLoop(TextWriter output, StandaloneNodeOptions options)
{
    /// <summary>The beginning of the line that reports that the node has joined.</summary>
    public const string Joined = "joined the cluster";

    /// <summary>Between two nodes, so that a node that ends at once is not restarted in a tight loop.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until an end is requested.</summary>
    public async Task RunAsync(Task end)
    {
        options.OnWait = output.WriteLine;
        for (; !end.IsCompleted; options.WarnsOfOpenPort = false)
        {
            await using var node = await ActorTrainNode.StartAsync(options);
            await output.WriteLineAsync($"waiting for the cluster at {options.Join}");
            await Task.WhenAny(node.Joined, node.Terminated, end);
            if (node.Joined.IsCompletedSuccessfully && !end.IsCompleted)
                await output.WriteLineAsync($"{Joined} at {options.Join} as {node.Address}");
            await Task.WhenAny(node.Terminated, end);
            if (end.IsCompleted)
            {
                await node.StopAsync();
                return;
            }
            await output.WriteLineAsync(
                node.EndReason is { } reason
                    ? $"the cluster at {options.Join} is gone: {reason}; this node joins anew"
                    : $"the cluster at {options.Join} is gone"
            );
            options.JoinsBySeedOnly = node.EndReason is not null;
            await Task.WhenAny(Task.Delay(Pause), end);
        }
    }
}
