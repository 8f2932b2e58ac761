using Akka.Actor;
using Akka.Event;
using Akka.Serialization;

namespace ActorTrain.Hosting;

/// <summary>
/// A node inside an existing actor system that does other things, too. The system's serializers, dispatchers, cluster
/// roles, failure detector, downing provider and shutdown stay as they are.
/// </summary>
internal sealed class EmbeddedNode : ActorTrainNode
{
    private readonly HostedNode _node;
    private readonly Action _onStopped;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _stop;

    public EmbeddedNode(ActorSystem system, HostedNode.Options options, Action onStopped)
        : base(system, options.Roles)
    {
        _onStopped = onStopped;
        _node = new HostedNode(system, options);
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberUp(() => _joined.TrySetResult());
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberRemoved(() => _terminated.TrySetResult());
        system.WhenTerminated.ContinueWith(_ => _terminated.TrySetResult(), TaskScheduler.Default);
        var sharesPort = SharesPort(system.Settings.Config.GetString("akka.remote.dot-netty.tcp.tcp-reuse-addr"));
        var buildsAnyType = system.Serialization.FindSerializerForType(typeof(object)) is NewtonSoftJsonSerializer;
        OpenPort.Warn(Logging.GetLogger(system, typeof(EmbeddedNode)), Address, buildsAnyType, sharesPort);
    }

    public override HostPort Address => _node.Address;

    public override Task Joined => _joined.Task;

    public override Task Terminated => _terminated.Task;

    public override Task StopAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            // A canceled or failed stop can be repeated: each of its steps is harmless when it was done already.
            if (_stop is null or { IsCanceled: true } or { IsFaulted: true })
                _stop = EndAsync(cancellation);
            return _stop;
        }
    }

    private static bool SharesPort(string? reuse) =>
        reuse?.ToUpperInvariant() switch
        {
            "OFF" or "FALSE" or "NO" => false,
            "OFF-FOR-WINDOWS" or null => !OperatingSystem.IsWindows(),
            _ => true,
        };

    private async Task EndAsync(CancellationToken cancellation)
    {
        // A terminated system has ended the node's actors, too.
        if (!System.WhenTerminated.IsCompleted)
            await _node.StopAsync(cancellation).ConfigureAwait(false);
        _onStopped();
        _terminated.TrySetResult();
    }
}
