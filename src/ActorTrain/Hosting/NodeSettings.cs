namespace ActorTrain.Hosting;

/// <summary>A node's roles and address, as configured.</summary>
/// <param name="Roles">What it hosts: any of <c>coordinator</c>, <c>server</c>, <c>standby</c>, <c>worker</c>.</param>
/// <param name="Host">Address that it listens on and that other nodes reach it by.</param>
/// <param name="Port">TCP port; 0 lets the system choose one.</param>
/// <param name="StateFolder">Where it keeps what it must find again; null where the system has no place for it.</param>
internal sealed record NodeSettings(IReadOnlyList<string> Roles, string Host, int Port, string? StateFolder)
{
    /// <summary>Where it keeps the addresses of its cluster's nodes; null for none, as where a seed's address is
    /// another after each start.</summary>
    /// <param name="seed">The seed of the cluster.</param>
    public KnownNodes? KnownNodesOf(HostPort seed) =>
        StateFolder is null || seed.Port == 0 ? null : new KnownNodes(StateFolder, seed);
}

/// <summary>What a worker's engine computes on, as configured.</summary>
/// <param name="Device"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:i</c>; read by the engine.</param>
/// <param name="Threads">CPU threads; 0 is decided for each job by what the machine has free.</param>
/// <param name="DataFolder">Folder of the data set's files; null: the usual places.</param>
/// <param name="Throttle">Its speed as a fraction of full speed, above 0 to 1.</param>
public sealed record EngineSettings(string Device, int Threads, string? DataFolder, double Throttle);
