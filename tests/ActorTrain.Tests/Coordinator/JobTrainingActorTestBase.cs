using System.Diagnostics.CodeAnalysis;
using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Settings;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Two epochs of 64 samples in leases of 32, with probes for the workers and a shard.</summary>
public abstract class JobTrainingActorTestBase : ActorTests
{
    private static readonly DeviceDescription Device = new("cpu", "toy", 1);
    private static readonly Measurement Measured = new(SamplesPerSecond: 10, MostSamples: 16);
    private protected TestProbe _job;
    private readonly TestProbe _client;
    private protected readonly TestProbe _shard;
    private protected IActorRef _training;
    private protected ShardProtocol.Counts _count = new(
        Round: 0,
        Shard: 0,
        0,
        0,
        CompleteEpochs: 0,
        [],
        [],
        new long[4]
    );

    protected JobTrainingActorTestBase()
        : base(ReferenceConfiguration.Config)
    {
        (_client, _shard) = (CreateTestProbe("client"), CreateTestProbe("shard"));
        _shard.SetAutoPilot(
            new DelegateAutoPilot(
                (sender, message) =>
                {
                    if (message is ShardProtocol.GetCounts count)
                        sender.Tell(_count with { Round = count.Round }, _shard);
                    return AutoPilot.KeepRunning;
                }
            )
        );
        _training = Begin(Jobs.Create(epochs: 2, batch: 16, leaseBatches: 2));
    }

    /// <summary>A training under a job of its own, which receives nothing from a training before.</summary>
    [MemberNotNull(nameof(_job))]
    private protected IActorRef Begin(JobOptions job, JobTrainingProtocol.Adopted? adopted = null)
    {
        var record = new JobRecord(job, TimeSpan.Zero)
        {
            Admission = new Admission(
                "a:1",
                new WorkerProtocol.Prepared(
                    "1",
                    new ModelDescription("linear", ParameterLayout.Create([("w", [8])]), ParameterLayout.Empty)
                    {
                        MetricName = "recall",
                    },
                    new DatasetDescription("made-up", 64, 8, "f00d"),
                    Device,
                    Measured
                )
            ),
        };
        if (adopted is not null)
            record = JobRecord.Adopt(
                job,
                record.Admission,
                record.ToSnapshot(TimeSpan.Zero),
                new JobHistory(),
                TimeSpan.Zero
            );
        var placed = new ShardPlacementActor.Placed(
            [new PlacedShard(new ShardPlace(new ShardSlice(0, 0, 8), _shard), "s:1")],
            null
        );
        var options = new CoordinatorOptions(
            TimeSpan.FromMilliseconds(50),
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMilliseconds(300),
            StandbyShare: 0.03
        );
        _job = CreateTestProbe();
        return _job.ChildActorOf(
            JobTrainingActor.Props(new(job, _client, record, placed, options, Algorithms.BuiltIn, adopted))
        );
    }

    /// <summary>The shard was told to fence a worker, and has reported its counts since.</summary>
    private protected async Task Settled(Player past)
    {
        await _shard.FishForMessageAsync(message =>
            message is ShardProtocol.FenceWorker fence && fence.Past == past.Id
        );
        await _shard.FishForMessageAsync(message => message is ShardProtocol.GetCounts);
    }

    private protected async Task<object> Answer(object request)
    {
        var asking = CreateTestProbe();
        _training.Tell(request, asking);
        return await asking.ExpectMsgAsync<object>();
    }

    private protected async Task<SupervisionEvent> Raised(string kind) =>
        (
            (ClientProtocol.EventRaised)
                await _client.FishForMessageAsync(message =>
                    message is ClientProtocol.EventRaised raised && raised.Event.Kind == kind
                )
        ).Event;

    private protected async Task<T> Ending<T>() => (T)await _job.FishForMessageAsync(message => message is T);

    private protected async Task<Player> Join(string node, int restarts = 0)
    {
        var probe = CreateTestProbe();
        _training.Tell(new JobTrainingProtocol.Join(new WorkerHost(node, restarts, probe), probe, Device, Measured));
        var start = await probe.ExpectMsgAsync<WorkerProtocol.Start>();
        start.Worker.Node.ShouldBe(node);
        return new Player(_training, probe, start.Worker);
    }

    /// <summary>A worker played by a probe.</summary>
    private protected sealed record Player(IActorRef Training, TestProbe Probe, WorkerId Id)
    {
        public void Tell(object message) => Training.Tell(message, Probe);

        public async Task<Lease> Lease()
        {
            Tell(new WorkerProtocol.RequestLease(Id));
            return (await Probe.ExpectMsgAsync<WorkerProtocol.Granted>()).Lease;
        }

        public void End(Lease lease, params SampleRange[] undone)
        {
            var samples = lease.Range.Count - undone.Sum(part => part.Count);
            Tell(
                new WorkerProtocol.LeaseEnded(
                    Id,
                    lease.Id,
                    undone,
                    [],
                    new WorkerProtocol.LeaseAccount(
                        LossSum: 2.0 * samples,
                        samples,
                        lease.Range.Count,
                        Pushes: 2,
                        Seconds: 1
                    )
                )
            );
        }
    }
}
