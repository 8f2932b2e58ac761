using Akka.Actor;
namespace ActorTrain.Lane;
internal sealed class TensorLane : ITensorLane
{
    public static ITensorLane Start(ActorSystem system, LaneOptions options) => new TensorLane();
    public static ITensorLane Get(ActorSystem system) => new TensorLane();
    public void Tell(IActorRef target, ITensorMessage message, IActorRef sender) => target.Tell(message, sender);
    public IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths) => new MemoryStream();
}
internal sealed record LaneOptions { public static LaneOptions Of(Akka.Configuration.Config c) => new(); }
