using ActorTrain.Job;

namespace ActorTrain.Hosting;

/// <summary>Speaks to a cluster from outside: submits jobs and asks for the status. It is no member of the cluster.</summary>
public sealed class TrainingClient : IAsyncDisposable
{
    /// <summary>Connects to a cluster through any of its nodes.</summary>
    /// <param name="seed">The node to speak to.</param>
    /// <param name="patience">How long to go on trying while nobody answers there.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ActorTrainException">Nobody answered within <paramref name="patience"/>.</exception>
    public static Task<TrainingClient> ConnectAsync(HostPort seed, TimeSpan patience, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>A client in the same process as a node, without a connection of its own.</summary>
    public static TrainingClient Of(ActorTrainNode node) => throw new NotImplementedException();

    /// <summary>Submits a job. The run ends if this client goes away.</summary>
    /// <exception cref="ActorTrainException">The cluster refused it: another job runs, or its options make no sense.</exception>
    public Task<TrainingRun> SubmitAsync(JobOptions job, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The cluster's nodes and its job.</summary>
    /// <exception cref="ActorTrainException">The cluster did not answer in time.</exception>
    public Task<ClusterStatus> StatusAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
