using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Worker;

/// <summary>What a node's workers need.</summary>
/// <param name="Engines">Creates their engines.</param>
/// <param name="Lane">The tensor lane.</param>
/// <param name="ResendAfter">Time without a reply after which a message to a shard is sent again.</param>
/// <param name="Algorithms">The optimizers that jobs may name.</param>
internal sealed record WorkerContext(
    IEngineFactory Engines,
    ITensorLane Lane,
    TimeSpan ResendAfter,
    Algorithms Algorithms
)
{
    /// <exception cref="ActorTrainException">The setting is invalid.</exception>
    public static TimeSpan ResendAfterOf(Config system) =>
        SettingsReader.OfSystem(system).Duration("actortrain.worker.resend-after", TimeSpan.FromMilliseconds(10));
}
