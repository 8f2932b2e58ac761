using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>Keeps the state that workers report, and gives out the combination.</summary>
internal sealed class ModelStateActor : ReceiveActor
{
    private readonly ModelState _state;
    private readonly ITensorLane _lane;
    private IDisposable? _admission;

    public static Props Props(ModelState state, ITensorLane lane) => Akka.Actor.Props.Create(() => new ModelStateActor(state, lane));

    public ModelStateActor(ModelState state, ITensorLane lane)
    {
        (_state, _lane) = (state, lane);
        Receive<ModelStateProtocol.Report>(report =>
        {
            _state.Report(report.Worker, report.Epoch, report.Samples, report.Payload.Values.Span);
            report.Payload.Release();
        });
        // Whoever waits for an answer asks again.
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<ModelStateProtocol.Pull>(_ => _lane.Tell(Sender, Combined(), Self));
    }

    protected override void PreStart() => _admission = _lane.Admit(Self, new HashSet<int> { _state.Length });

    protected override void PostStop() => _admission?.Dispose();

    private ModelStateProtocol.Pulled Combined()
    {
        if (_state.Samples == 0) return new ModelStateProtocol.Pulled(0, TensorSlice.Empty);
        var combined = new float[_state.Length];
        _state.Combine(combined);
        return new ModelStateProtocol.Pulled(_state.Samples, TensorSlice.Of(combined));
    }
}
