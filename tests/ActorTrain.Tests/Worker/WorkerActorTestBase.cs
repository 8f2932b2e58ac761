using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Worker;

/// <summary>A worker; the test acts as its job and its shard.</summary>
public abstract class WorkerActorTestBase : ActorTests
{
    private protected const int Parameters = LinearEngine.Inputs + 1;
    private protected static readonly WorkerId Id = new("w:1", 7);
    private protected readonly TestProbe _job;
    private protected readonly TestProbe _shard;
    private protected float _momentum;

    protected WorkerActorTestBase()
        : base(ReferenceConfiguration.Config) => (_job, _shard) = (CreateTestProbe("job"), CreateTestProbe("shard"));

    private protected ShardPlace[] Places => [new ShardPlace(new ShardSlice(0, 0, Parameters), _shard)];

    private protected Props Props(IEngineFactory engines, TimeSpan? resendAfter, int maxInFlightPushes) =>
        WorkerActor.Props(
            "1",
            Jobs.Create(
                epochs: 1,
                batch: 16,
                optimizer: Jobs.Sgd(0.02f, _momentum),
                maxInFlightPushes: maxInFlightPushes
            ),
            _job,
            new WorkerContext(
                engines,
                TensorLane.Get(Sys, TensorMessages.Table),
                resendAfter ?? TimeSpan.FromMinutes(1),
                Algorithms.BuiltIn
            ),
            mayReturn: false
        );

    private protected async Task<IActorRef> Prepared(
        IEngineFactory engines,
        TimeSpan? resendAfter = null,
        int maxInFlightPushes = 0
    )
    {
        var worker = Watch(Sys.ActorOf(Props(engines, resendAfter, maxInFlightPushes)));
        var prepared = await _job.ExpectMsgAsync<WorkerProtocol.Prepared>();
        prepared.Model.Parameters.Length.ShouldBe(Parameters);
        return worker;
    }

    private protected async Task<IActorRef> Training(
        IEngineFactory engines,
        TimeSpan? resendAfter = null,
        int maxInFlightPushes = 0
    )
    {
        var worker = await Prepared(engines, resendAfter, maxInFlightPushes);
        worker.Tell(new WorkerProtocol.Start(Id, Places, null), _job);
        await _shard.ExpectMsgAsync<ShardProtocol.Pull>();
        _shard.Reply(new ShardProtocol.Pulled(0, 10, null, TensorSlice.From(new float[Parameters])));
        (await _job.ExpectMsgAsync<WorkerProtocol.RequestLease>()).Worker.ShouldBe(Id);
        return worker;
    }

    private protected void Grant(Lease lease) => _job.Reply(new WorkerProtocol.Granted(lease));

    private protected void Answer(ShardProtocol.Push push, Verdict verdict, long version) =>
        _shard.Reply(Answered(push, verdict, version));

    private protected static ShardProtocol.Pushed Answered(ShardProtocol.Push push, Verdict verdict, long version) =>
        new(0, push.Part, verdict, version, null, TensorSlice.From(new float[Parameters]));

    private protected async Task<WorkerProtocol.LeaseEnded> LeaseEnded() =>
        (WorkerProtocol.LeaseEnded)await _job.FishForMessageAsync(message => message is WorkerProtocol.LeaseEnded);
}
