using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Actor;
using CsCheck;

namespace ActorTrain.Tests.Coordinator;

public sealed class LeaseDeskTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);
    private static readonly DeviceDescription Device = new("cpu", "toy", 1);

    [Fact]
    public void The_strongest_of_those_who_wait_is_served_first()
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 1, batch: 8));
        var (weak, strong) = (join("a", 10), join("b", 100));
        desk.Asked(weak);
        desk.Asked(strong);
        desk.Grant(Noon).Select(granted => granted.Worker.Node).ShouldBe(["b", "a"]);
    }

    [Fact]
    public void Who_asks_twice_gets_one_lease()
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 1, batch: 8));
        var worker = join("a", 10);
        desk.Asked(worker);
        desk.Asked(worker);
        desk.Grant(Noon).ShouldHaveSingleItem();
        desk.Grant(Noon).ShouldBeEmpty();
    }

    [Theory, InlineData(63, 0, 1), InlineData(64, 1, 0), InlineData(128, 2, 0)]
    public void Where_many_join_one_after_the_other_all_are_looked_at_together(
        int workers,
        int millisecondsApart,
        int grantedAtOnce
    )
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 9, batch: 1, leaseBatches: 1));
        for (var i = 0; i < workers - 1; i++)
            join($"{i}", 10);
        desk.Grant(Noon);
        desk.Asked(join("the last", 10));
        desk.RoundsApart.ShouldBe(TimeSpan.FromMilliseconds(millisecondsApart));
        desk.Grant(Noon, everyone: desk.RoundsApart == TimeSpan.Zero).Count.ShouldBe(grantedAtOnce);
        desk.Grant(Noon).Count.ShouldBe(1 - grantedAtOnce);
    }

    [Fact]
    public void At_the_end_the_weak_one_gets_what_the_strong_one_may_not_do()
    {
        var (desk, join) = Desk(
            Jobs.Of(
                epochs: 1,
                batch: 8,
                leaseBatches: 1,
                staleness: Jobs.Accept with
                {
                    Lead = 1,
                },
                balance: Jobs.ByStrength
            )
        );
        var (strong, weak) = (join("strong", 1000), join("weak", 10));
        for (var i = 0; i < 2; i++)
        {
            desk.Asked(strong);
            End(desk, strong, desk.Grant(Noon).Single().Lease, seconds: 0.024);
        }
        desk.Asked(strong);
        desk.Asked(weak);
        desk.Grant(Noon).ShouldHaveSingleItem().Worker.ShouldBe(weak);
    }

    [Fact]
    public void Nobody_leaves_work_to_who_neither_holds_a_lease_nor_asks()
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 1, batch: 8, balance: Jobs.ByStrength));
        var (_, weak) = (join("strong but stuck", 1000), join("weak", 10));
        desk.Asked(weak);
        desk.Grant(Noon).ShouldHaveSingleItem().Worker.ShouldBe(weak);
    }

    [Theory, InlineData(1, true), InlineData(2, false)]
    public void Who_is_further_ahead_of_the_slowest_than_the_lead_waits(int finished, bool granted)
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 3, batch: 8, staleness: Jobs.Accept with { Lead = 1 }));
        var (fast, slow) = (join("fast", 100), join("slow", 10));
        desk.Asked(slow);
        desk.Grant(Noon).ShouldHaveSingleItem();
        for (var i = 0; i < finished; i++)
        {
            desk.Asked(fast);
            End(desk, fast, desk.Grant(Noon).Single().Lease);
        }
        desk.Asked(fast);
        desk.Grant(Noon).Count.ShouldBe(granted ? 1 : 0);

        desk.Govern(Jobs.Accept);
        desk.Grant(Noon)
            .Count.ShouldBe(granted ? 0 : 1, "whoever waits may go on as soon as there is no lead any more");
    }

    [Fact]
    public void Who_joins_late_holds_nobody_back()
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 3, batch: 8, staleness: Jobs.Accept with { Lead = 1 }));
        var first = join("a", 10);
        for (var i = 0; i < 3; i++)
        {
            desk.Asked(first);
            End(desk, first, desk.Grant(Noon).Single().Lease);
        }
        join("b", 10).Leases.ShouldBe(3);
        desk.Asked(first);
        desk.Grant(Noon).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_lease_without_a_bad_push_clears_a_worker_of_those_before()
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 3, batch: 16, leaseBatches: 2));
        var worker = join("a", 10);
        NextEnds(bad: 2).ShouldBeFalse();
        NextEnds(bad: 0).ShouldBeFalse();
        NextEnds(bad: 1, pushes: 1).ShouldBeFalse();
        NextEnds(bad: 2).ShouldBeTrue();

        bool NextEnds(int bad, int pushes = 2)
        {
            desk.Asked(worker);
            return End(desk, worker, desk.Grant(Noon).Single().Lease, bad, pushes).Quarantined;
        }
    }

    [Fact]
    public void Samples_that_give_no_finite_gradient_whoever_computes_it_end_the_job()
    {
        var (desk, join) = Desk(Jobs.Of(epochs: 1, batch: 16, leaseBatches: 1));
        foreach (var (node, hopeless) in new[] { ("a", false), ("b", false), ("c", true) })
        {
            var worker = join(node, 10);
            var ended = desk.End(worker, Ended(worker, new Lease(0, default, 1), 1, 1), Noon, round: 1);
            ended.ShouldBe(default, "a lease that is not known says nothing");
            desk.Asked(worker);
            var lease = desk.Grant(Noon).Single().Lease;
            lease.Stretch.ShouldBe(new LeasePart(1, 0, 16));
            (End(desk, worker, lease, bad: 1, pushes: 1).Hopeless is not null).ShouldBe(hopeless);
            // The shards have none of it: it is the next to be handed out.
            desk.Book.Settle(round: 1, new Dictionary<int, PositionSet>());
            desk.TakeBack(worker, round: 1);
            worker.Active = false;
        }
    }

    [Fact]
    public void Who_is_stale_again_and_again_gets_short_leases_then_none_and_is_tried_again()
    {
        var options = Jobs.Staleness(StalenessPolicy.Accept, bound: 1, demoteAfter: 1) with
        {
            Rest = TimeSpan.FromSeconds(30),
        };
        var (desk, join) = Desk(Jobs.Of(epochs: 9, batch: 1, leaseBatches: 8, staleness: options));
        var (worker, _) = (join("a", 10), join("b", 10));
        desk.Asked(worker);
        Stale(desk.Grant(Noon).Single().Lease).ShouldBe(SupervisionEventKinds.WorkerDemoted);

        desk.Asked(worker);
        var shorter = desk.Grant(Noon).Single().Lease;
        shorter.Stretch.Count.ShouldBe(2);
        Stale(shorter).ShouldBe(SupervisionEventKinds.WorkerDemoted);

        desk.Asked(worker);
        desk.Grant(Noon).ShouldBeEmpty();
        desk.Tick(Noon + TimeSpan.FromSeconds(29))
            .ShouldNotContain(occurrence => occurrence.Kind == SupervisionEventKinds.WorkerPromoted);
        desk.Tick(Noon + TimeSpan.FromSeconds(30))
            .ShouldContain(occurrence => occurrence.Kind == SupervisionEventKinds.WorkerPromoted);
        desk.Grant(Noon).ShouldHaveSingleItem();

        string Stale(Lease lease)
        {
            var ended = Ended(worker, lease, 1, 1, Refusal.TooStale);
            return desk.End(worker, ended, Noon, round: 1).Event!.Value.Kind;
        }
    }

    [Fact]
    public void However_short_the_lead_and_unequal_the_workers_a_job_ends() =>
        Gen.Select(Gen.Int[0, 3], Gen.Double[1, 200].Array[1, 5], Gen.Int[1, 3])
            .Sample(
                (lead, speeds, epochs) =>
                {
                    var (desk, join) = Desk(
                        Jobs.Of(
                            epochs,
                            batch: 4,
                            leaseBatches: 2,
                            staleness: Jobs.Accept with
                            {
                                Lead = lead,
                            },
                            balance: Jobs.ByStrength
                        )
                    );
                    var (running, now) = (new PriorityQueue<(WorkerRecord, Lease), TimeSpan>(), TimeSpan.Zero);
                    foreach (var (i, speed) in speeds.Index())
                        desk.Asked(join($"{i}", speed));
                    for (var looks = 0; !desk.IsDone && looks < 10_000; looks++)
                    {
                        foreach (var (worker, lease, _) in desk.Grant(now))
                            running.Enqueue((worker, lease), now + TimeSpan.FromSeconds(Seconds(worker, lease)));
                        var tick = now + TimeSpan.FromSeconds(0.5);
                        now = running.TryPeek(out _, out var at) && at <= tick ? at : tick;
                        while (running.TryPeek(out var next, out at) && at <= now)
                        {
                            running.Dequeue();
                            End(desk, next.Item1, next.Item2, seconds: Seconds(next.Item1, next.Item2));
                            desk.Asked(next.Item1);
                        }
                    }
                    desk.IsDone.ShouldBeTrue();

                    double Seconds(WorkerRecord worker, Lease lease) =>
                        lease.Stretch.Count / speeds[int.Parse(worker.Node)];
                }
            );

    /// <summary>A desk over 64 samples, and how a worker takes its place at it.</summary>
    private static (LeaseDesk Desk, Func<string, double, WorkerRecord> Join) Desk(JobOptions job)
    {
        var record = new JobRecord(job, TimeSpan.Zero)
        {
            Admission = new Admission(
                "a",
                new WorkerProtocol.Prepared(
                    "1",
                    new ModelDescription("linear", ParameterLayout.Of([("w", [8])]), ParameterLayout.Empty),
                    new DatasetDescription("made-up", 64, 8, "f00d"),
                    Device,
                    new Measurement(10, 16)
                )
            ),
        };
        var desk = new LeaseDesk(job, record);
        return (desk, Join);

        WorkerRecord Join(string node, double speed)
        {
            var worker = new WorkerRecord(new WorkerHost(node, 0, ActorRefs.Nobody));
            record.Workers.Add(node, worker);
            worker.Begin(1, ActorRefs.Nobody, Device, speed);
            desk.Joined(worker);
            return worker;
        }
    }

    private static LeaseDesk.Ended End(
        LeaseDesk desk,
        WorkerRecord worker,
        Lease lease,
        int bad = 0,
        int pushes = 2,
        double seconds = 1
    ) => desk.End(worker, Ended(worker, lease, bad, pushes, Refusal.NotFinite, seconds), Noon, round: 1);

    /// <summary>A lease whose first parts were refused.</summary>
    private static WorkerProtocol.LeaseEnded Ended(
        WorkerRecord worker,
        Lease lease,
        int refused,
        int pushes,
        Refusal refusal = Refusal.NotFinite,
        double seconds = 1
    )
    {
        var parts = lease.Parts.Take(refused).ToArray();
        var samples = lease.Stretch.Count;
        return new WorkerProtocol.LeaseEnded(
            worker.Id,
            lease.Id,
            parts,
            [.. parts.Select(part => new WorkerProtocol.RefusedPart(part, refusal, "so it is"))],
            new WorkerProtocol.LeaseAccount(samples, samples - parts.Sum(part => part.Count), samples, pushes, seconds)
        );
    }
}
