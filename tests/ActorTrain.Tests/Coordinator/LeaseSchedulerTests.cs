using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using CsCheck;

namespace ActorTrain.Tests.Coordinator;

public sealed class LeaseSchedulerTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);
    private static readonly DeviceDescription Device = new("cpu", "toy", 1);

    [Fact]
    public void The_strongest_waiting_worker_gets_its_lease_first()
    {
        var (scheduler, join) = Create(Jobs.Create(epochs: 1, batch: 8));
        var (weak, strong) = (join("a", 10), join("b", 100));
        scheduler.Request(weak);
        scheduler.Request(strong);
        scheduler.Grant(Noon).Select(granted => granted.Worker.Node).ShouldBe(["b", "a"]);
    }

    [Fact]
    public void A_worker_that_requests_twice_gets_one_lease()
    {
        var (scheduler, join) = Create(Jobs.Create(epochs: 1, batch: 8));
        var worker = join("a", 10);
        scheduler.Request(worker);
        scheduler.Request(worker);
        scheduler.Grant(Noon).ShouldHaveSingleItem();
        scheduler.Grant(Noon).ShouldBeEmpty();
    }

    [Theory, InlineData(63, 0, 1), InlineData(64, 1, 0), InlineData(128, 2, 0)]
    public void Requests_of_many_workers_that_join_are_granted_in_one_round(
        int workers,
        int millisecondsApart,
        int grantedAtOnce
    )
    {
        var (scheduler, join) = Create(Jobs.Create(epochs: 9, batch: 1, leaseBatches: 1));
        for (var i = 0; i < workers - 1; i++)
            join($"{i}", 10);
        scheduler.Grant(Noon);
        scheduler.Request(join("the last", 10));
        scheduler.RoundInterval.ShouldBe(TimeSpan.FromMilliseconds(millisecondsApart));
        scheduler.Grant(Noon, everyone: scheduler.RoundInterval == TimeSpan.Zero).Count.ShouldBe(grantedAtOnce);
        scheduler.Grant(Noon).Count.ShouldBe(1 - grantedAtOnce);
    }

    [Fact]
    public void At_the_end_a_weak_worker_gets_what_the_strong_one_may_not_take()
    {
        var (scheduler, join) = Create(
            Jobs.Create(
                epochs: 1,
                batch: 8,
                leaseBatches: 1,
                staleness: Jobs.Accept with
                {
                    MaxLeaseLead = 1,
                },
                balance: Jobs.ByStrength
            )
        );
        var (strong, weak) = (join("strong", 1000), join("weak", 10));
        for (var i = 0; i < 2; i++)
        {
            scheduler.Request(strong);
            End(scheduler, strong, scheduler.Grant(Noon).Single().Lease, seconds: 0.024);
        }
        scheduler.Request(strong);
        scheduler.Request(weak);
        scheduler.Grant(Noon).ShouldHaveSingleItem().Worker.ShouldBe(weak);
    }

    [Fact]
    public void No_work_is_left_to_a_worker_that_neither_holds_nor_requests_a_lease()
    {
        var (scheduler, join) = Create(Jobs.Create(epochs: 1, batch: 8, balance: Jobs.ByStrength));
        var (_, weak) = (join("strong but stuck", 1000), join("weak", 10));
        scheduler.Request(weak);
        scheduler.Grant(Noon).ShouldHaveSingleItem().Worker.ShouldBe(weak);
    }

    [Theory, InlineData(1, true), InlineData(2, false)]
    public void A_worker_further_ahead_than_the_lead_waits(int finished, bool granted)
    {
        var (scheduler, join) = Create(
            Jobs.Create(epochs: 3, batch: 8, staleness: Jobs.Accept with { MaxLeaseLead = 1 })
        );
        var (fast, slow) = (join("fast", 100), join("slow", 10));
        scheduler.Request(slow);
        scheduler.Grant(Noon).ShouldHaveSingleItem();
        for (var i = 0; i < finished; i++)
        {
            scheduler.Request(fast);
            End(scheduler, fast, scheduler.Grant(Noon).Single().Lease);
        }
        scheduler.Request(fast);
        scheduler.Grant(Noon).Count.ShouldBe(granted ? 1 : 0);

        scheduler.SetStaleness(Jobs.Accept);
        scheduler.Grant(Noon).Count.ShouldBe(granted ? 0 : 1, "a waiting worker goes on as soon as there is no lead");
    }

    [Fact]
    public void A_worker_that_joins_late_does_not_hold_back_the_others()
    {
        var (scheduler, join) = Create(
            Jobs.Create(epochs: 3, batch: 8, staleness: Jobs.Accept with { MaxLeaseLead = 1 })
        );
        var first = join("a", 10);
        for (var i = 0; i < 3; i++)
        {
            scheduler.Request(first);
            End(scheduler, first, scheduler.Grant(Noon).Single().Lease);
        }
        join("b", 10).Leases.ShouldBe(3);
        scheduler.Request(first);
        scheduler.Grant(Noon).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_lease_without_a_bad_push_resets_the_count_of_bad_ones()
    {
        var (scheduler, join) = Create(Jobs.Create(epochs: 3, batch: 16, leaseBatches: 2));
        var worker = join("a", 10);
        NextEnds(bad: 2).ShouldBeFalse();
        NextEnds(bad: 0).ShouldBeFalse();
        NextEnds(bad: 1, pushes: 1).ShouldBeFalse();
        NextEnds(bad: 2).ShouldBeTrue();

        bool NextEnds(int bad, int pushes = 2)
        {
            scheduler.Request(worker);
            return End(scheduler, worker, scheduler.Grant(Noon).Single().Lease, bad, pushes).Quarantined;
        }
    }

    [Fact]
    public void Samples_whose_gradient_is_finite_on_no_worker_end_the_job()
    {
        var (scheduler, join) = Create(Jobs.Create(epochs: 1, batch: 16, leaseBatches: 1));
        foreach (var (node, hopeless) in new[] { ("a", false), ("b", false), ("c", true) })
        {
            var worker = join(node, 10);
            var ended = scheduler.End(worker, Ended(worker, new Lease(0, default, 1), 1, 1), Noon, round: 1);
            ended.ShouldBe(default, "an unknown lease is ignored");
            scheduler.Request(worker);
            var lease = scheduler.Grant(Noon).Single().Lease;
            lease.Range.ShouldBe(new SampleRange(1, 0, 16));
            (End(scheduler, worker, lease, bad: 1, pushes: 1).Hopeless is not null).ShouldBe(hopeless);
            // The shards have none of it: it is granted next.
            scheduler.Table.Settle(round: 1, new Dictionary<int, PositionSet>());
            scheduler.TakeBack(worker, round: 1);
            worker.Active = false;
        }
    }

    [Fact]
    public void A_worker_that_is_often_stale_gets_short_leases_then_none_and_is_tried_again()
    {
        var options = Jobs.Staleness(StalenessPolicy.Accept, bound: 1, demoteAfter: 1) with
        {
            Rest = TimeSpan.FromSeconds(30),
        };
        var (scheduler, join) = Create(Jobs.Create(epochs: 9, batch: 1, leaseBatches: 8, staleness: options));
        var (worker, _) = (join("a", 10), join("b", 10));
        scheduler.Request(worker);
        Stale(scheduler.Grant(Noon).Single().Lease).ShouldBe(SupervisionEventKinds.WorkerDemoted);

        scheduler.Request(worker);
        var shorter = scheduler.Grant(Noon).Single().Lease;
        shorter.Range.Count.ShouldBe(2);
        Stale(shorter).ShouldBe(SupervisionEventKinds.WorkerDemoted);

        scheduler.Request(worker);
        scheduler.Grant(Noon).ShouldBeEmpty();
        scheduler
            .Tick(Noon + TimeSpan.FromSeconds(29))
            .ShouldNotContain(draft => draft.Kind == SupervisionEventKinds.WorkerPromoted);
        scheduler
            .Tick(Noon + TimeSpan.FromSeconds(30))
            .ShouldContain(draft => draft.Kind == SupervisionEventKinds.WorkerPromoted);
        scheduler.Grant(Noon).ShouldHaveSingleItem();

        string Stale(Lease lease)
        {
            var ended = Ended(worker, lease, 1, 1, Refusal.TooStale);
            return scheduler.End(worker, ended, Noon, round: 1).Event!.Value.Kind;
        }
    }

    [Fact]
    public void A_job_ends_for_every_lead_and_every_throughput() =>
        Gen.Select(Gen.Int[0, 3], Gen.Double[1, 200].Array[1, 5], Gen.Int[1, 3])
            .Sample(
                (lead, speeds, epochs) =>
                {
                    var (scheduler, join) = Create(
                        Jobs.Create(
                            epochs,
                            batch: 4,
                            leaseBatches: 2,
                            staleness: Jobs.Accept with
                            {
                                MaxLeaseLead = lead,
                            },
                            balance: Jobs.ByStrength
                        )
                    );
                    var (running, now) = (new PriorityQueue<(WorkerRecord, Lease), TimeSpan>(), TimeSpan.Zero);
                    foreach (var (i, speed) in speeds.Index())
                        scheduler.Request(join($"{i}", speed));
                    for (var rounds = 0; !scheduler.IsDone && rounds < 10_000; rounds++)
                    {
                        foreach (var (worker, lease, _) in scheduler.Grant(now))
                            running.Enqueue((worker, lease), now + TimeSpan.FromSeconds(Seconds(worker, lease)));
                        var tick = now + TimeSpan.FromSeconds(0.5);
                        now = running.TryPeek(out _, out var at) && at <= tick ? at : tick;
                        while (running.TryPeek(out var next, out at) && at <= now)
                        {
                            running.Dequeue();
                            End(scheduler, next.Item1, next.Item2, seconds: Seconds(next.Item1, next.Item2));
                            scheduler.Request(next.Item1);
                        }
                    }
                    scheduler.IsDone.ShouldBeTrue();

                    double Seconds(WorkerRecord worker, Lease lease) =>
                        lease.Range.Count / speeds[int.Parse(worker.Node)];
                }
            );

    /// <summary>A scheduler of 64 samples, and a function by which a worker joins it.</summary>
    private static (LeaseScheduler Scheduler, Func<string, double, WorkerRecord> Join) Create(JobOptions job)
    {
        var record = new JobRecord(job, TimeSpan.Zero)
        {
            Admission = new Admission(
                "a",
                new WorkerProtocol.Prepared(
                    "1",
                    new ModelDescription("linear", ParameterLayout.Create([("w", [8])]), ParameterLayout.Empty),
                    new DatasetDescription("made-up", 64, 8, "f00d"),
                    Device,
                    new Measurement(10, 16)
                )
            ),
        };
        var scheduler = new LeaseScheduler(job, record);
        return (scheduler, Join);

        WorkerRecord Join(string node, double speed)
        {
            var worker = new WorkerRecord(new WorkerHost(node, 0, ActorRefs.Nobody));
            record.Workers.Add(node, worker);
            worker.Begin(1, ActorRefs.Nobody, Device, speed);
            scheduler.Join(worker);
            return worker;
        }
    }

    private static GradientMonitors.Ended End(
        LeaseScheduler scheduler,
        WorkerRecord worker,
        Lease lease,
        int bad = 0,
        int pushes = 2,
        double seconds = 1
    ) => scheduler.End(worker, Ended(worker, lease, bad, pushes, Refusal.NotFinite, seconds), Noon, round: 1);

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
        var samples = lease.Range.Count;
        return new WorkerProtocol.LeaseEnded(
            worker.Id,
            lease.Id,
            parts,
            [.. parts.Select(part => new WorkerProtocol.RefusedPart(part, refusal, "the reason"))],
            new WorkerProtocol.LeaseAccount(samples, samples - parts.Sum(part => part.Count), samples, pushes, seconds)
        );
    }
}
