using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.TestKit.Network;

/// <summary>
/// The lane of all simulated nodes: messages are not serialized, and the network delays them by their size.
/// </summary>
/// <param name="world">The simulation.</param>
/// <param name="reader">Reads all messages, in addition to the checker; null for none.</param>
internal sealed class SimulatedLane(World world, ILaneReader? reader) : ITensorLane
{
    // As much free memory as a large simulation needs.
    private const long Keep = 1L << 30;

    public TensorPool Memory { get; } = new(shared: false, Keep);

    /// <summary>Finds violations in the messages.</summary>
    public LaneChecker Checker { get; } = new();

    public void Tell(IActorRef target, ITensorMessage message, IActorRef sender)
    {
        Checker.Read(message, sender);
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
