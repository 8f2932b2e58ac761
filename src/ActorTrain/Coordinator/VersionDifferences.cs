using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>Logs which nodes and clients have another version than the coordinator.</summary>
/// <param name="log">The coordinator's log.</param>
internal sealed class VersionDifferences(ILoggingAdapter log)
{
    private const int MostVersions = 1_000;
    private readonly HashSet<string> _logged = [];

    /// <summary>A waiting node sends its version once a second, and a foreign program may send any: each is logged
    /// once, and not without a limit.</summary>
    public void Log(string version, IActorRef from)
    {
        var sender = from.Path.Address.ToString();
        if (
            BuildVersion.Difference(version, sender, "this coordinator") is { } difference
            && _logged.Count < MostVersions
            && _logged.Add(difference)
        )
            log.VersionDiffers(sender, version.AsPrintable(), BuildVersion.Here);
    }
}
