using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Serialization;
using ActorTrain.Serialization.Paging;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>A cluster's client: submits jobs and asks for the status. It is no member of the cluster.</summary>
public sealed class TrainingClient : ITrainingClient, IDisposable
{
    private const int EventsKept = 1_024;
    private static readonly TimeSpan AcceptTimeout = TimeSpan.FromSeconds(60);
    private readonly ActorSystem _system;
    private readonly bool _ownsSystem;
    private readonly CoordinatorGateway _gateway;

    private TrainingClient(ActorSystem system, bool ownsSystem, CoordinatorGateway gateway) =>
        (_system, _ownsSystem, _gateway) = (system, ownsSystem, gateway);

    /// <summary>Connects to a cluster through any of its nodes.</summary>
    /// <param name="seed">The node to connect to.</param>
    /// <param name="timeout">How long to try while no node answers.</param>
    /// <param name="configuration">Configuration that overrides reference.conf; null for defaults.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ActorTrainException">No node answered within <paramref name="timeout"/>.</exception>
    public static Task<TrainingClient> ConnectAsync(
        HostPort seed,
        TimeSpan timeout,
        Config? configuration = null,
        CancellationToken cancellation = default
    ) =>
        ConnectAsync(
            new Address("akka.tcp", NodeConfiguration.SystemName, seed.Host, seed.Port),
            timeout,
            configuration,
            cancellation
        );

    /// <summary>
    /// Connects to a cluster of an application's own actor systems, through any node that ActorTrain is embedded in.
    /// </summary>
    /// <param name="node">The node's full address: protocol, name of the actor system, host and port.</param>
    /// <param name="timeout">How long to try while no node answers.</param>
    /// <param name="configuration">Configuration that overrides reference.conf; null for defaults.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ActorTrainException">No node answered within <paramref name="timeout"/>.</exception>
    public static async Task<TrainingClient> ConnectAsync(
        Address node,
        TimeSpan timeout,
        Config? configuration = null,
        CancellationToken cancellation = default
    )
    {
        var seed = new HostPort(
            node.Host,
            node.Port
                ?? throw new ActorTrainException(
                    $"'{node}' is not an address with a port; write it as akka.tcp://NAME@HOST:PORT."
                )
        );
        var system = ActorSystem.Create(
            "actortrain-client",
            NodeConfiguration.Client(CoordinatorGateway.LocalAddressTowards(seed), configuration ?? Config.Empty)
        );
        system.ActorOf(ProcessWatchActor.Props(cluster: null));
        system.ActorOf(PagesActor.Props(), PagesActor.Name);
        var client = new TrainingClient(system, ownsSystem: true, new CoordinatorGateway(RootOf(seed), seed, RootOf));
        try
        {
            await client._gateway.FindAsync(timeout, cancellation).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        ActorSelection RootOf(HostPort address) =>
            system.ActorSelection(
                new RootActorPath(node.WithHost(address.Host).WithPort(address.Port)) / "user" / HostedNode.RootName
            );
    }

    /// <summary>A client in the actor system of a node, without its own connection.</summary>
    public static TrainingClient From(ActorTrainNode node) => From(node.System);

    /// <summary>
    /// A client in an actor system that a node runs in. It uses that node, for as long as the node runs.
    /// </summary>
    public static TrainingClient From(ActorSystem system) =>
        new(
            system,
            ownsSystem: false,
            new CoordinatorGateway(HostedNode.Gateway(system), address: null, _ => HostedNode.Gateway(system))
        );

    /// <inheritdoc/>
    public Task<TrainingRun> SubmitAsync(JobOptions job, CancellationToken cancellation = default)
    {
        Check(job);
        return FollowAsync(
            new ClientProtocol.Submit(job, $"{Environment.UserName}@{Environment.MachineName}"),
            cancellation
        );
    }

    /// <inheritdoc/>
    public Task<TrainingRun> AttachAsync(string jobId, CancellationToken cancellation = default) =>
        FollowAsync(new ClientProtocol.Follow(jobId), cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobSummary>> GetJobsAsync(CancellationToken cancellation = default)
    {
        var jobs = await _gateway
            .AskAsync<ClientProtocol.Jobs>(new ClientProtocol.GetJobs(), cancellation)
            .ConfigureAwait(false);
        return jobs.All;
    }

    /// <inheritdoc/>
    public async Task<ClusterStatus> GetStatusAsync(CancellationToken cancellation = default)
    {
        var status = await _gateway
            .AskAsync<ClientProtocol.Status>(new ClientProtocol.GetStatus(), cancellation)
            .ConfigureAwait(false);
        return status.Cluster;
    }

    /// <inheritdoc/>
    public async Task<JobOptions> GetCheckpointAsync(string resume, CancellationToken cancellation = default)
    {
        var answer = await _gateway
            .AskAsync<object>(new ClientProtocol.GetCheckpoint(resume), cancellation)
            .ConfigureAwait(false);
        return ((ClientProtocol.CheckpointFound)JobAnswer.EnsureAccepted(answer)).Job;
    }

    /// <inheritdoc/>
    public async Task<StalenessOptions> GetStalenessAsync(CancellationToken cancellation = default) =>
        (await AskStalenessAsync(new ClientProtocol.GetStaleness(), cancellation).ConfigureAwait(false)).Staleness;

    /// <inheritdoc/>
    public Task SetStalenessPolicyAsync(StalenessOptions staleness, CancellationToken cancellation = default) =>
        AskStalenessAsync(new ClientProtocol.SetStaleness(staleness), cancellation);

    /// <inheritdoc/>
    public async Task<StalenessOptions> SetStalenessPolicyAsync(
        IEnumerable<SettingOverride> changes,
        CancellationToken cancellation = default
    )
    {
        var now = await AskStalenessAsync(new ClientProtocol.GetStaleness(), cancellation).ConfigureAwait(false);
        var changed = JobOptionsReader.ReadStaleness(now.Staleness, now.Optimizer, algorithms: null, changes);
        await SetStalenessPolicyAsync(changed, cancellation).ConfigureAwait(false);
        return changed;
    }

    /// <inheritdoc/>
    public Task<ConsistencyOptions> GetConsistencyAsync(CancellationToken cancellation = default) =>
        AskConsistencyAsync(new ClientProtocol.GetConsistency(), cancellation);

    /// <inheritdoc/>
    public Task<ConsistencyOptions> SetConsistencyAsync(
        ConsistencyOptions consistency,
        CancellationToken cancellation = default
    ) => AskConsistencyAsync(new ClientProtocol.SetConsistency(consistency), cancellation);

    /// <inheritdoc/>
    public async Task<ConsistencyOptions> SetConsistencyAsync(
        IEnumerable<SettingOverride> changes,
        CancellationToken cancellation = default
    ) =>
        await SetConsistencyAsync(
                JobOptionsReader.ReadConsistency(
                    await GetConsistencyAsync(cancellation).ConfigureAwait(false),
                    algorithms: null,
                    changes
                ),
                cancellation
            )
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public Task PauseAsync(CancellationToken cancellation = default) =>
        AskJobAsync(new ClientProtocol.Pause(), cancellation);

    /// <inheritdoc/>
    public Task CancelAsync(string jobId = "", CancellationToken cancellation = default) =>
        AskJobAsync(new ClientProtocol.CancelJob(jobId), cancellation);

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancellation = default) =>
        AskJobAsync(new ClientProtocol.Resume(), cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ownsSystem)
            await _system.Terminate().ConfigureAwait(false);
    }

    /// <summary>The same, for containers that do not dispose asynchronously.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static void Check(JobOptions job)
    {
        try
        {
            JobOptionsReader.Check(job);
        }
        catch (ActorTrainException wrong)
        {
            throw new InvalidJobException(wrong.Message, wrong);
        }
    }

    /// <param name="request">The job to submit, or to attach to.</param>
    /// <param name="cancellation">Ends the attempt; a job that was submitted does not begin.</param>
    private async Task<TrainingRun> FollowAsync(IWireMessage request, CancellationToken cancellation)
    {
        var coordinator = await _gateway.FindAsync(JobAnswer.Timeout * 4, cancellation).ConfigureAwait(false);
        var progress = new Broadcast<JobProgress>(capacity: 1);
        var events = new Broadcast<SupervisionEvent>(EventsKept);
        var accepted = new TaskCompletionSource<ClientProtocol.Accepted>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        var result = new TaskCompletionSource<TrainingResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lane = TensorLane.Get(_system, TensorMessages.Table);
        var run = _system.ActorOf(
            ClientActor.Props(
                request,
                coordinator,
                _gateway.ToContact(),
                lane,
                lane.Actor,
                new ClientOutput(progress, events, accepted, result)
            )
        );
        try
        {
            await accepted.Task.WaitAsync(AcceptTimeout, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // No caller holds the run: a job that is accepted after all ends with its client actor, or is canceled.
            Observe(accepted.Task);
            Observe(result.Task);
            if (request is ClientProtocol.Submit)
                run.Tell(new ClientProtocol.Cancel());
            run.Tell(PoisonPill.Instance);
            if (failure is TimeoutException silence)
                throw JobAnswer.Missing(silence);
            throw;
        }
        var (id, job) = await accepted.Task.ConfigureAwait(false);
        return new TrainingRun(id, job, run, progress, events, result.Task);
    }

    private async Task<ClientProtocol.CurrentStaleness> AskStalenessAsync(
        ClientProtocol.IJobRequest question,
        CancellationToken cancellation
    ) => (ClientProtocol.CurrentStaleness)await AskJobAsync(question, cancellation).ConfigureAwait(false);

    private async Task<ConsistencyOptions> AskConsistencyAsync(
        ClientProtocol.IJobRequest question,
        CancellationToken cancellation
    ) =>
        (
            (ClientProtocol.CurrentConsistency)await AskJobAsync(question, cancellation).ConfigureAwait(false)
        ).Consistency;

    private async Task<object> AskJobAsync(ClientProtocol.IJobRequest request, CancellationToken cancellation) =>
        JobAnswer.EnsureAccepted(await _gateway.AskAsync<object>(request, cancellation).ConfigureAwait(false));

    // The caller gets the failure already: the runtime must not report it again as unobserved.
    private static void Observe(Task task) =>
        task.ContinueWith(
            failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}
