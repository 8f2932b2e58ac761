using System.Net;
using System.Net.Sockets;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>Finds a cluster's coordinator through one of its nodes, and asks it.</summary>
/// <param name="node">The root actor of the node.</param>
/// <param name="address">The node's address, for errors; null where it runs in this process.</param>
/// <param name="nodeAt">The root actor of another node.</param>
internal sealed class CoordinatorGateway(ActorSelection node, HostPort? address, Func<HostPort, ActorSelection> nodeAt)
{
    // Where the first node is gone, another may know the coordinator.
    private volatile IReadOnlyList<HostPort> _others = [];

    private const int Retries = 3;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Asks the coordinator, and repeats a question that changes nothing when no answer comes.</summary>
    /// <exception cref="ClusterUnreachableException">There is no coordinator, or it does not answer in
    /// time.</exception>
    public async Task<T> AskAsync<T>(object question, CancellationToken cancellation)
    {
        // These questions change nothing. An answer can be lost, also together with a coordinator.
        var retries = question
            is ClientProtocol.GetStatus
                or ClientProtocol.GetJobs
                or ClientProtocol.GetCheckpoint
                or ClientProtocol.GetStaleness
                or ClientProtocol.GetConsistency
            ? Retries
            : 0;
        while (true)
        {
            var coordinator = await FindAsync(JobAnswer.Timeout, cancellation).ConfigureAwait(false);
            try
            {
                return await coordinator.Ask<T>(question, JobAnswer.Timeout, cancellation).ConfigureAwait(false);
            }
            catch (AskTimeoutException silence)
            {
                if (retries-- == 0)
                    throw JobAnswer.Missing(silence);
            }
        }
    }

    /// <summary>Other nodes of the cluster, to ask where the first does not answer.</summary>
    /// <param name="nodes">Their addresses, <c>host:port</c>.</param>
    public void Remember(IReadOnlyList<string> nodes)
    {
        if (address is not null)
            _others = [.. nodes.Select(HostPort.Parse).Where(other => other != address)];
    }

    /// <summary>Finds the coordinator again, for a client that has followed a job.</summary>
    public ClusterContact ToContact() =>
        new(
            async () =>
            {
                try
                {
                    return new ClusterContact.Found(
                        await FindAsync(RetryInterval, CancellationToken.None).ConfigureAwait(false)
                    );
                }
                catch (ActorTrainException)
                {
                    return new ClusterContact.NotFound();
                }
            },
            Remember
        );

    /// <summary>Finds the coordinator; retries as long as the node does not answer.</summary>
    /// <param name="timeout">How long to try.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ClusterUnreachableException">No answer came in time.</exception>
    /// <exception cref="ActorTrainException">The cluster has another version.</exception>
    public async Task<IActorRef> FindAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; waited < timeout; waited += RetryInterval)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var welcome = await AskAnyAsync(cancellation).ConfigureAwait(false);
                return BuildVersion.Difference(welcome.Version, "the cluster", "this client") is { } difference
                    ? throw new ActorTrainException(Sentence.From(difference))
                    : welcome.Coordinator;
            }
            catch (AskTimeoutException)
            {
                // The seed may not have started yet.
            }
        }
        throw new ClusterUnreachableException(
            address is null
                ? "This actor system has no ActorTrain node, or its cluster has no coordinator; start a node with the "
                    + "role coordinator."
                : $"No ActorTrain node answers at {address}, or its cluster has no coordinator; start one with "
                    + $"'actortrain seed --port {address.Port}', or give the address that it printed."
        );
    }

    private async Task<ClientProtocol.Welcome> AskAnyAsync(CancellationToken cancellation)
    {
        var asked = _others
            .Select(nodeAt)
            .Prepend(node)
            .Select(root =>
                root.Ask<ClientProtocol.Welcome>(
                    new ClientProtocol.Hello(BuildVersion.Here),
                    RetryInterval,
                    cancellation
                )
            )
            .ToList();
        // Where one answers, the silence of the others is no error.
        foreach (var answer in asked)
            _ = answer.ContinueWith(
                silent => silent.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        await foreach (var answer in Task.WhenEach(asked).WithCancellation(cancellation).ConfigureAwait(false))
            if (answer.IsCompletedSuccessfully)
                return await answer.ConfigureAwait(false);
        // None has answered: the failure of each is read, and that of the first is thrown.
        return (await Task.WhenAll(asked).ConfigureAwait(false))[0];
    }

    /// <summary>The address of this machine that a packet to the seed would be sent from. Nothing is sent.</summary>
    public static string LocalAddressTowards(HostPort seed)
    {
        try
        {
            var address = IPAddress.TryParse(seed.Host, out var ip) ? ip : Dns.GetHostAddresses(seed.Host)[0];
            using var probe = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(new IPEndPoint(address, seed.Port));
            return ((IPEndPoint)probe.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException failure)
        {
            throw new ClusterUnreachableException(
                $"Host {seed.Host} cannot be reached: {failure.AsClause()}.",
                failure
            );
        }
    }
}
