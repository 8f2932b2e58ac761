using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

public sealed class WorkerIncarnationsTests
{
    private static readonly DeviceDescription Device = new("cpu", "toy", 1);
    private readonly JobRecord _record = new(Jobs.Create(), TimeSpan.Zero);
    private readonly WorkerIncarnations _incarnations;

    public WorkerIncarnationsTests() => _incarnations = new WorkerIncarnations(_record);

    [Fact]
    public void Only_the_present_incarnation_of_a_worker_is_found()
    {
        var past = Join("a:1").Id;
        var worker = Join("a:1");
        _incarnations.Find(past).ShouldBeNull();
        _incarnations.Find(worker.Id).ShouldBe(worker);
        worker.End("it is gone");
        _incarnations.Find(worker.Id).ShouldBeNull();
    }

    [Fact]
    public void An_adopted_job_skips_incarnations_that_its_snapshot_may_lack()
    {
        _incarnations.Adopt(known: 5);
        Join("a:1").Id.Incarnation.ShouldBeGreaterThan(100_005);
    }

    [Theory, InlineData(false, false, true), InlineData(true, false, false), InlineData(false, true, false)]
    public void All_are_lost_when_none_trains_or_is_to_come_back(bool isUnreachable, bool returns, bool areAllLost)
    {
        var worker = Join("a:1");
        _incarnations.AreAllLost.ShouldBeFalse();
        worker.End("it is gone");
        worker.Unreachable = isUnreachable;
        if (returns)
            _incarnations.AwaitReturn("a:1");
        _incarnations.AreAllLost.ShouldBe(areAllLost);
        _incarnations.CancelReturn("a:1").ShouldBe(returns);
    }

    private WorkerRecord Join(string node)
    {
        var worker = _record.WorkerOf(new WorkerHost(node, 0, ActorRefs.Nobody));
        worker.Begin(_incarnations.Begin(node), ActorRefs.Nobody, Device, measured: 10);
        return worker;
    }
}
