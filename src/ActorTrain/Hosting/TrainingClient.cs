using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorTrain.Consistency;
using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Sentences;
using ActorTrain.Serialization;
using ActorTrain.Serialization.Paging;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>
/// Speaks to a cluster from outside: submits jobs and asks for the status. It is no member of the cluster.
/// </summary>
public sealed class TrainingClient : IAsyncDisposable
{
    private const int AskAgain = 3;
    private static readonly TimeSpan TryInterval = TimeSpan.FromSeconds(1);
    private readonly ActorSystem _system;
    private readonly bool _ownsSystem;
    private readonly ActorSelection _gateway;

    private TrainingClient(ActorSystem system, bool ownsSystem, ActorSelection gateway) =>
        (_system, _ownsSystem, _gateway) = (system, ownsSystem, gateway);

    /// <summary>Connects to a cluster through any of its nodes.</summary>
    /// <param name="seed">The node to speak to.</param>
    /// <param name="patience">How long to go on trying while nobody answers there.</param>
    /// <param name="configuration">Configuration that comes before reference.conf; null for defaults.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ActorTrainException">Nobody answered within <paramref name="patience"/>.</exception>
    public static Task<TrainingClient> ConnectAsync(
        HostPort seed,
        TimeSpan patience,
        Config? configuration = null,
        CancellationToken cancellation = default
    ) =>
        ConnectAsync(
            new Address("akka.tcp", NodeConfiguration.SystemName, seed.Host, seed.Port),
            patience,
            configuration,
            cancellation
        );

    /// <summary>
    /// Connects to a cluster of an application's own actor systems, through any node that ActorTrain is embedded in.
    /// </summary>
    /// <param name="node">The node's full address: protocol, name of the actor system, host and port.</param>
    /// <param name="patience">How long to go on trying while nobody answers there.</param>
    /// <param name="configuration">Configuration that comes before reference.conf; null for defaults.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ActorTrainException">Nobody answered within <paramref name="patience"/>.</exception>
    public static async Task<TrainingClient> ConnectAsync(
        Address node,
        TimeSpan patience,
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
            NodeConfiguration.Client(OwnAddressTowards(seed), configuration ?? Config.Empty)
        );
        var gateway = system.ActorSelection(new RootActorPath(node) / "user" / HostedNode.RootName);
        system.ActorOf(ProcessWatchActor.Props(cluster: null));
        system.ActorOf(PagesActor.Props(), PagesActor.Name);
        var client = new TrainingClient(system, ownsSystem: true, gateway);
        try
        {
            await client.FindCoordinatorAsync(seed, patience, cancellation).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A client in the same process as a node, without a connection of its own.</summary>
    public static TrainingClient Of(ActorTrainNode node) => Of(node.System);

    /// <summary>
    /// A client in an actor system that a node runs in: it speaks to the cluster through that node, for as long as the
    /// node runs.
    /// </summary>
    public static TrainingClient Of(ActorSystem system) => new(system, ownsSystem: false, HostedNode.Gateway(system));

    /// <summary>Submits a job. The run ends if this client goes away.</summary>
    /// <exception cref="ActorTrainException">The cluster refused it: another job runs, or its options make no
    /// sense.</exception>
    public async Task<TrainingRun> SubmitAsync(JobOptions job, CancellationToken cancellation = default)
    {
        JobOptionsReader.Check(job);
        var coordinator = await FindCoordinatorAsync(null, JobAnswer.Patience * 4, cancellation).ConfigureAwait(false);
        // Whoever reads slowly, or not at all, wants to know where the run is, and not where it was.
        var progress = Channel.CreateBounded<JobProgress>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        var events = Channel.CreateUnbounded<SupervisionEvent>();
        var accepted = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var result = new TaskCompletionSource<TrainingResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lane = TensorLane.Get(_system);
        var run = _system.ActorOf(
            TrainingRunActor.Props(job, coordinator, lane, lane.Actor, progress.Writer, events.Writer, accepted, result)
        );
        try
        {
            await accepted.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            // Nobody holds the run: a job that is accepted after all ends with its follower.
            Observe(accepted.Task);
            Observe(result.Task);
            _system.Stop(run);
            throw;
        }
        return new TrainingRun(run, progress.Reader, events.Reader, result.Task);
    }

    /// <summary>The cluster's nodes and its job.</summary>
    /// <exception cref="ActorTrainException">The cluster did not answer in time.</exception>
    public async Task<ClusterStatus> StatusAsync(CancellationToken cancellation = default)
    {
        var status = await AskAsync<ClientProtocol.Status>(new ClientProtocol.GetStatus(), cancellation)
            .ConfigureAwait(false);
        return status.Cluster;
    }

    /// <summary>What is done about late gradients in the job that runs.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    public async Task<StalenessOptions> StalenessAsync(CancellationToken cancellation = default) =>
        (await AskStalenessAsync(new ClientProtocol.GetStaleness(), cancellation).ConfigureAwait(false)).Staleness;

    /// <summary>Changes what is done about late gradients in the job that runs, from now on.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    public Task GovernAsync(StalenessOptions staleness, CancellationToken cancellation = default) =>
        AskStalenessAsync(new ClientProtocol.Govern(staleness), cancellation);

    /// <summary>
    /// Changes some of what is done about late gradients in the job that runs: settings below
    /// <c>actortrain.job.staleness</c>.
    /// </summary>
    /// <returns>What is done about them from now on.</returns>
    /// <exception cref="ActorTrainException">A setting cannot be, no job trains, or the cluster did not answer in
    /// time.</exception>
    public async Task<StalenessOptions> GovernAsync(
        IEnumerable<SettingOverride> changes,
        CancellationToken cancellation = default
    )
    {
        var now = await AskStalenessAsync(new ClientProtocol.GetStaleness(), cancellation).ConfigureAwait(false);
        var changed = JobOptionsReader.ReadStaleness(now.Staleness, now.Optimizer, changes);
        await GovernAsync(changed, cancellation).ConfigureAwait(false);
        return changed;
    }

    /// <summary>How tightly the workers march in the job that runs.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    public Task<ConsistencyOptions> ConsistencyAsync(CancellationToken cancellation = default) =>
        AskConsistencyAsync(new ClientProtocol.GetConsistency(), cancellation);

    /// <summary>
    /// Changes how tightly the workers march in the job that runs, from now on: see
    /// <see cref="TrainingRun.MarchAsync"/>.
    /// </summary>
    /// <returns>How they march then, with the samples of a step in numbers.</returns>
    /// <exception cref="ActorTrainException">The job cannot be trained so, no job trains, or the cluster did not answer
    /// in time.</exception>
    public Task<ConsistencyOptions> MarchAsync(
        ConsistencyOptions consistency,
        CancellationToken cancellation = default
    ) => AskConsistencyAsync(new ClientProtocol.March(consistency), cancellation);

    /// <summary>
    /// Changes some of how tightly the workers march in the job that runs: settings below
    /// <c>actortrain.job.consistency</c>.
    /// </summary>
    /// <returns>How they march then.</returns>
    /// <exception cref="ActorTrainException">A setting cannot be, no job trains, or the cluster did not answer in
    /// time.</exception>
    public async Task<ConsistencyOptions> MarchAsync(
        IEnumerable<SettingOverride> changes,
        CancellationToken cancellation = default
    ) =>
        await MarchAsync(
                JobOptionsReader.ReadConsistency(await ConsistencyAsync(cancellation).ConfigureAwait(false), changes),
                cancellation
            )
            .ConfigureAwait(false);

    /// <summary>
    /// Pauses the job that runs: workers finish the leases that they hold, and nothing more is handed out until
    /// <see cref="ResumeAsync"/>. A pause is no error where there is one already.
    /// </summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    public Task PauseAsync(CancellationToken cancellation = default) =>
        AskJobAsync(new ClientProtocol.Pause(), cancellation);

    /// <summary>
    /// Ends the job that runs, whoever has submitted it: pushes in flight are applied, and its own client gets what
    /// there is, as after <see cref="TrainingRun.Stop"/>. Completes when that is decided.
    /// </summary>
    /// <exception cref="ActorTrainException">No job runs, or the cluster did not answer in time.</exception>
    public Task StopAsync(CancellationToken cancellation = default) =>
        AskJobAsync(new ClientProtocol.StopJob(), cancellation);

    /// <summary>Lets a job that is paused go on.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    public Task ResumeAsync(CancellationToken cancellation = default) =>
        AskJobAsync(new ClientProtocol.Resume(), cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ownsSystem)
            await _system.Terminate().ConfigureAwait(false);
    }

    private async Task<ClientProtocol.StalenessIs> AskStalenessAsync(
        ClientProtocol.IJobRequest question,
        CancellationToken cancellation
    ) => (ClientProtocol.StalenessIs)await AskJobAsync(question, cancellation).ConfigureAwait(false);

    private async Task<ConsistencyOptions> AskConsistencyAsync(
        ClientProtocol.IJobRequest question,
        CancellationToken cancellation
    ) => ((ClientProtocol.ConsistencyIs)await AskJobAsync(question, cancellation).ConfigureAwait(false)).Consistency;

    private async Task<object> AskJobAsync(ClientProtocol.IJobRequest request, CancellationToken cancellation) =>
        JobAnswer.Granted(await AskAsync<object>(request, cancellation).ConfigureAwait(false));

    private async Task<T> AskAsync<T>(object question, CancellationToken cancellation)
    {
        // What changes nothing is asked again: an answer may be lost, and a coordinator with it.
        var again = question is ClientProtocol.GetStatus or ClientProtocol.GetStaleness or ClientProtocol.GetConsistency
            ? AskAgain
            : 0;
        while (true)
        {
            var coordinator = await FindCoordinatorAsync(null, JobAnswer.Patience, cancellation).ConfigureAwait(false);
            try
            {
                return await coordinator.Ask<T>(question, JobAnswer.Patience, cancellation).ConfigureAwait(false);
            }
            catch (AskTimeoutException silence)
            {
                if (again-- == 0)
                    throw JobAnswer.None(silence);
            }
        }
    }

    // A failure that is told in another way is not told again by the runtime.
    private static void Observe(Task task) =>
        task.ContinueWith(
            failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );

    private async Task<IActorRef> FindCoordinatorAsync(
        HostPort? seed,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        for (var waited = TimeSpan.Zero; waited < patience; waited += TryInterval)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var welcome = await _gateway
                    .Ask<ClientProtocol.Welcome>(new ClientProtocol.Hello(BuildVersion.Here), TryInterval, cancellation)
                    .ConfigureAwait(false);
                return BuildVersion.Difference(welcome.Version, "the cluster", "this client") is { } difference
                    ? throw new ActorTrainException(Sentence.Of(difference))
                    : welcome.Coordinator;
            }
            catch (AskTimeoutException)
            {
                // Silence is what this loop waits through: the seed may not be there yet.
            }
        }
        throw new ActorTrainException(
            seed is null
                ? "The cluster has no coordinator; start a node with the role coordinator."
                : $"No ActorTrain node answers at {seed}; start one with 'actortrain seed --port {seed.Port}', or "
                    + $"give the address that it printed."
        );
    }

    /// <summary>
    /// The address of this machine that the seed sees: the one that a packet to it would leave by. Nothing is sent.
    /// </summary>
    private static string OwnAddressTowards(HostPort seed)
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
            throw new ActorTrainException($"Host {seed.Host} cannot be reached: {failure.AsClause()}.", failure);
        }
    }
}
