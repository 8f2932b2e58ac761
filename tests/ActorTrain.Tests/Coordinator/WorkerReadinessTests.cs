using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

public sealed class WorkerReadinessTests
{
    private readonly WorkerReadiness _readiness = new(minimumWorkers: 1);

    [Fact]
    public void One_worker_that_is_waited_for_is_a_singular()
    {
        Joined("a:1");
        _readiness.Waiting.ShouldBe("0 of 1 worker ready");
    }

    [Fact]
    public void When_every_worker_has_failed_the_latest_failure_is_named()
    {
        Joined("a:1");
        Joined("b:1");
        _readiness.Failed("b:1", "its device is gone");
        _readiness.Hopeless.ShouldBeNull();

        _readiness.Failed("a:1", "its data is gone");

        _readiness.Hopeless.ShouldBe("no worker can take part; a:1: its data is gone");
    }

    [Fact]
    public void The_first_ready_worker_does_not_decide_while_others_load_their_data()
    {
        foreach (var node in new[] { "a:1", "b:1", "c:1" })
            Joined(node);
        Ready("a:1", Few, at: 0).ShouldBeEmpty();
        _readiness.Enough.ShouldBeFalse();
        _readiness.Waiting.ShouldBe(
            "1 worker ready; waiting up to 5 s for 2 others, to train on the data that most of them have"
        );
        Ready("b:1", Many, at: 1).ShouldBeEmpty();

        Ready("c:1", Many, at: 2).ShouldHaveSingleItem().Node.ShouldBe("a:1");

        _readiness.Admission!.Dataset.TrainSamples.ShouldBe(Many);
        foreach (var node in new[] { "b:1", "c:1" })
            _readiness.LaneChecked(node, trouble: null);
        (_readiness.Enough, _readiness.Ready).ShouldBe((true, 2));
    }

    [Theory, InlineData(4.9, false), InlineData(5, true)]
    public void Workers_that_load_for_long_are_not_waited_for(double at, bool begins)
    {
        foreach (var node in new[] { "a:1", "b:1" })
            Joined(node);
        Ready("a:1", Few, at: 0);
        _readiness.Settle(TimeSpan.FromSeconds(at)).ShouldBeEmpty();
        _readiness.LaneChecked("a:1", trouble: null);
        _readiness.Enough.ShouldBe(begins);
    }

    [Fact]
    public void A_single_worker_begins_at_once()
    {
        Joined("a:1");
        Ready("a:1", Few, at: 0);
        _readiness.LaneChecked("a:1", trouble: null);
        _readiness.Enough.ShouldBeTrue();
    }

    [Fact]
    public void A_worker_is_ready_when_its_lanes_work()
    {
        Joined("a:1");
        Ready("a:1", Few, at: 0);
        foreach (var (at, asked) in new[] { (1.0, 1), (1.0, 0), (5.9, 0), (6.0, 1) })
            _readiness.TakeUnchecked(TimeSpan.FromSeconds(at)).Workers.Count.ShouldBe(asked);
        const string trouble = "its tensor lane to s:1 does not work";
        _readiness.LaneChecked("a:1", trouble).ShouldBeTrue();
        _readiness.LaneChecked("a:1", trouble).ShouldBeFalse("it was reported before");
        (_readiness.Enough, _readiness.Waiting).ShouldBe(
            (false, "0 of 1 worker ready; a:1: its tensor lane to s:1 does not work")
        );
        _readiness.LaneChecked("a:1", trouble: null);
        _readiness.Enough.ShouldBeTrue();
    }

    [Fact]
    public void Where_the_job_names_its_data_a_worker_with_other_data_is_refused()
    {
        var named = new WorkerReadiness(minimumWorkers: 1, fingerprint: $"{Many}");
        foreach (var node in new[] { "a:1", "b:1" })
            named.Joined(Enrolled(node), TimeSpan.Zero);
        named.Prepared("a:1", ActorRefs.Nobody, Prepared(Few), TimeSpan.Zero);
        named
            .Settle(TimeSpan.Zero)
            .ShouldHaveSingleItem()
            .Reason.ShouldBe(
                "the job names the data set with fingerprint 60000, and a:1 has made-up with fingerprint 12000 and "
                    + "12,000 training samples; give it the data of the job"
            );
        named.Prepared("b:1", ActorRefs.Nobody, Prepared(Many), TimeSpan.Zero);
        named.Settle(TimeSpan.Zero).ShouldBeEmpty();
        named.LaneChecked("b:1", trouble: null);
        named.Enough.ShouldBeTrue();
    }

    [Fact]
    public void A_worker_that_does_not_answer_is_asked_again()
    {
        Joined("a:1");
        foreach (var (at, asked) in new[] { (0.0, 0), (4.9, 0), (5.0, 1), (5.1, 0), (10.0, 1) })
            _readiness.TakeSilent(TimeSpan.FromSeconds(at)).Count.ShouldBe(asked);
        Ready("a:1", Few, at: 11);
        _readiness.TakeSilent(TimeSpan.FromSeconds(20)).ShouldBeEmpty();
    }

    [Fact]
    public void A_worker_that_is_lost_before_the_choice_is_ignored()
    {
        foreach (var node in new[] { "a:1", "b:1" })
            Joined(node);
        Ready("a:1", Few, at: 0);
        _readiness.Lost("a:1");
        Ready("b:1", Many, at: 1);
        _readiness.Admission!.Dataset.TrainSamples.ShouldBe(Many);
    }

    private const int Few = 12_000,
        Many = 60_000;

    private IReadOnlyList<WorkerReadiness.Refused> Ready(string node, int samples, double at)
    {
        _readiness.Prepared(node, ActorRefs.Nobody, Prepared(samples), TimeSpan.FromSeconds(at));
        return _readiness.Settle(TimeSpan.FromSeconds(at));
    }

    private static WorkerProtocol.Prepared Prepared(int samples) =>
        new(
            "1",
            new ModelDescription("linear", ParameterLayout.Create([("w", [8])]), ParameterLayout.Empty),
            new DatasetDescription("made-up", samples, 8, $"{samples}"),
            new DeviceDescription("cpu", "toy", 1),
            new Measurement(100, 64)
        );

    private void Joined(string node) => _readiness.Joined(Enrolled(node), TimeSpan.Zero);

    private static NodeProtocol.NodeJoined Enrolled(string node) =>
        new(
            new NodeProtocol.Enrol(
                node,
                [NodeRoles.Worker, NodeRoles.Server],
                Worker: ActorRefs.Nobody,
                Server: ActorRefs.Nobody
            )
        );
}
