using ActorTrain.Lane;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>Combines the buffers that workers report.</summary>
internal sealed class BuffersActor : ReceiveActor
{
    private readonly CombinedBuffers _state;
    private readonly ITensorLane _lane;
    private long _copied;

    public static Props Props(CombinedBuffers state, ITensorLane lane) =>
        Akka.Actor.Props.Create(() => new BuffersActor(state, lane));

    public BuffersActor(CombinedBuffers state, ITensorLane lane)
    {
        (_state, _lane) = (state, lane);
        var sender = Context.ActorOf(SnapshotSenderActor.Props(StandbyProtocol.Buffers, lane));
        Receive<BuffersProtocol.Report>(report =>
        {
            _state.Report(report.Worker, report.Epoch, report.Samples, report.Payload.Values.Span);
            report.Payload.Release();
        });
        // A sender that waits for a reply asks again.
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<BuffersProtocol.Pull>(pull => _lane.Tell(Sender, Combine(pull.Epoch), Self));
        Receive<StandbyProtocol.Copy>(copy =>
        {
            if (_copied == copy.Number)
            {
                sender.Forward(new SnapshotSenderActor.AnswerAgain(copy.Number));
                return;
            }
            _copied = copy.Number;
            sender.Tell(new SnapshotSenderActor.Send(copy, Sender, _state.ToSnapshot()));
        });
        Receive<StandbyProtocol.CopyNow>(copy =>
            SnapshotSenderActor.SendNow(copy, StandbyProtocol.Buffers, _state.ToSnapshot(), _lane, Context)
        );
        Receive<ShardProtocol.ReleaseEpochs>(evaluated => _state.ForgetBefore(evaluated.Before));
    }

    private BuffersProtocol.Pulled Combine(int epoch)
    {
        var combined = new float[_state.Length];
        var samples = _state.Combine(epoch, combined);
        return new BuffersProtocol.Pulled(samples, samples == 0 ? TensorSlice.Empty : TensorSlice.From(combined));
    }
}
