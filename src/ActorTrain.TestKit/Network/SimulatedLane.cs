using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.TestKit.Network;

/// <summary>
/// The lane of all simulated nodes: messages go as they are, and the network times them by their size.
/// </summary>
/// <param name="world">The simulation.</param>
/// <param name="reader">Reads along, beside the watch; null for nobody.</param>
internal sealed class SimulatedLane(World world, ILaneReader? reader) : ITensorLane
{
    // Free memory is kept as long as it is not more than a large simulation's.
    private const long Keep = 1L << 30;

    public TensorPool Memory { get; } = new(shared: false, Keep);

    /// <summary>Sees that nothing is said that must never be.</summary>
    public LaneWatch Watch { get; } = new();

    public void Tell(IActorRef target, ITensorMessage message, IActorRef sender)
    {
        Watch.Read(message, sender);
        reader?.Read(world.Now, message, sender);
        target.Tell(message, sender);
    }

    public IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths) => Admission.All;

    private sealed class Admission : IDisposable
    {
        public static readonly Admission All = new();

        public void Dispose() { }
    }
}
