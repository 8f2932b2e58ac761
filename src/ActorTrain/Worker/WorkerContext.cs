using ActorTrain.Lane;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Worker;

/// <summary>What a node gives to its workers.</summary>
/// <param name="Engines">Makes their engines.</param>
/// <param name="Lane">The road their tensors travel.</param>
/// <param name="ResendAfter">Silence after which a message to a shard is sent again.</param>
internal sealed record WorkerContext(IEngineFactory Engines, ITensorLane Lane, TimeSpan ResendAfter)
{
    /// <exception cref="ActorTrainException">A value cannot be.</exception>
    public static TimeSpan ResendAfterOf(Config system) =>
        SettingsReader.OfSystem(system).Duration("actortrain.worker.resend-after", TimeSpan.FromMilliseconds(10));
}
