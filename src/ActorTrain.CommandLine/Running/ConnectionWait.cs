using ActorTrain.Hosting;
using ActorTrain.Supervision;

namespace ActorTrain.CommandLine.Running;

/// <summary>Reports what a connecting client waits for, as a node does.</summary>
internal static class ConnectionWait
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Awaits a connection, and reports the reason if it takes long.</summary>
    /// <param name="connecting">The connection; its failure is thrown.</param>
    /// <param name="node">The node that it connects to.</param>
    /// <param name="output">Where the reason is written.</param>
    public static async Task<TrainingClient> AwaitAsync(
        Task<TrainingClient> connecting,
        HostPort node,
        TextWriter output
    )
    {
        var log = new WaitLog();
        for (var waited = TimeSpan.Zero; await Task.WhenAny(connecting, Task.Delay(Interval)) != connecting; )
        {
            waited += Interval;
            var answer = await PortProbe.ConnectAsync(node.Host, node.Port);
            var wait =
                answer.Answer == PortAnswer.Listens
                    ? new NodeWait(
                        $"the cluster at {node}",
                        "the node listens, and no coordinator has answered through it"
                    )
                    : new NodeSituation { Seed = node, SeedAnswer = answer }.Wait;
            if (log.Due(waited, wait) is { } line)
                await output.WriteLineAsync($"{line}");
        }
        return await connecting;
    }
}
