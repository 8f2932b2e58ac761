using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Running;

/// <summary>A worker's life: it waits for its cluster, works, and waits again when the cluster is gone.</summary>
internal sealed class WorkerLife(TextWriter output, NodeOptions options)
{
    /// <summary>How the line begins that says it is a node of the cluster.</summary>
    public const string Joined = "joined the cluster";

    /// <summary>Between two lives, so that a node that ends at once does not spin.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Lives until the end is asked for.</summary>
    public async Task RunAsync(Task end)
    {
        for (var first = true; !end.IsCompleted; first = false)
        {
            await using var node = await ActorTrainNode.StartAsync(
                options with
                {
                    OnWait = output.WriteLine,
                    WarnsOfOpenPort = first,
                }
            );
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
            await Task.WhenAny(Task.Delay(Pause), end);
        }
    }
}
