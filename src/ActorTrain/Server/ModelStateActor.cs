using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>Keeps the state that workers report, and gives out the combination.</summary>
internal sealed class ModelStateActor : ReceiveActor
{
    private readonly ModelState _state;
    private readonly ITensorLane _lane;

    public static Props Props(ModelState state, ITensorLane lane) =>
        Akka.Actor.Props.Create(() => new ModelStateActor(state, lane));

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
        Receive<ModelStateProtocol.Pull>(pull => _lane.Tell(Sender, Combined(pull.Epoch), Self));
        Receive<ShardProtocol.Evaluated>(evaluated => _state.ForgetBefore(evaluated.Before));
    }

    private ModelStateProtocol.Pulled Combined(int epoch)
    {
        var combined = new float[_state.Length];
        var samples = _state.Combine(epoch, combined);
        return new ModelStateProtocol.Pulled(samples, samples == 0 ? TensorSlice.Empty : TensorSlice.Of(combined));
    }
}
