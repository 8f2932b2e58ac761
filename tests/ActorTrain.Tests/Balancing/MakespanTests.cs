using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

/// <summary>What the planner's decisions come to over a whole job.</summary>
public sealed class MakespanTests
{
    private const int Cases = 300;

    private static readonly Gen<double[]> Speeds = Gen.Double[0, 2]
        .Select(exponent => 10 * Math.Pow(10, exponent))
        .Array[1, 8];

    [Fact]
    public void A_job_always_ends_whatever_is_wanted_and_known() =>
        Gen.Select(
                Speeds,
                Gen.Int[1, 1000],
                Gen.Int[1, 3],
                Gen.Int[4, 64],
                Gen.Int[1, 8],
                Gen.Int[0, 7],
                Gen.Double[0, 3].Array[8]
            )
            .Sample(
                (speeds, samples, epochs, batch, leaseBatches, wanted, errors) =>
                {
                    var options = new BalanceOptions(
                        MicroBatch: (wanted & 1) > 0,
                        Lease: (wanted & 2) > 0,
                        Repeat: (wanted & 4) > 0
                    );
                    // What is believed of a worker is up to three times too high, or nothing at all.
                    var workers = Workers([.. speeds.Select((speed, i) => errors[i] < 0.3 ? 0 : speed * errors[i])]);
                    var book = new LeaseBook(samples, epochs);
                    var simulation = new Simulation(
                        new LeasePlanner(options, batch, leaseBatches),
                        book,
                        workers,
                        worker => speeds[int.Parse(worker.Node)]
                    );
                    simulation.Run().ShouldBeTrue();
                    ShouldHaveGrantedAllOnce(simulation, samples, epochs);
                },
                iter: Cases
            );

    [Fact]
    public void A_long_job_takes_little_more_time_than_all_together_need() =>
        Gen.Select(Speeds, Gen.Int[20, 60], Gen.Int[1, 3], Gen.Int[8, 64])
            .Sample(
                (speeds, rounds, epochs, batch) =>
                {
                    const int leaseBatches = 4;
                    var samples = rounds * leaseBatches * batch * speeds.Length / epochs;
                    var (workers, planner) = (Workers(speeds), new LeasePlanner(Jobs.ByStrength, batch, leaseBatches));
                    var simulation = new Simulation(
                        planner,
                        new LeaseBook(samples, epochs),
                        workers,
                        worker => worker.SamplesPerSecond
                    );
                    simulation.Run().ShouldBeTrue();
                    ShouldHaveGrantedAllOnce(simulation, samples, epochs);

                    var ideal = samples * epochs / speeds.Sum();
                    var oneMicroBatch = planner
                        .MicroBatchesOf(workers)
                        .Zip(speeds, (microBatch, speed) => microBatch / speed)
                        .Max();
                    simulation.Now.TotalSeconds.ShouldBeInRange(0.999 * ideal, 1.15 * ideal + oneMicroBatch);
                },
                iter: Cases
            );

    [Fact]
    public void What_a_stuck_worker_holds_is_repeated_by_one_that_is_idle() =>
        Gen.Select(Speeds.Where(speeds => speeds.Length > 1), Gen.Int[1, 1000], Gen.Int[1, 3])
            .Sample(
                (speeds, samples, epochs) =>
                {
                    var simulation = new Simulation(
                        new LeasePlanner(Jobs.ByStrength, batch: 16, leaseBatches: 4),
                        new LeaseBook(samples, epochs),
                        Workers(speeds),
                        worker => worker.Node == "0" ? 0 : worker.SamplesPerSecond
                    );
                    simulation.Run().ShouldBeTrue();
                    ShouldHaveGrantedAllOnce(simulation, samples, epochs);
                    foreach (
                        var (_, stuck) in simulation.Granted.Where(granted =>
                            granted.Node == "0" && granted.Planned.Repeats is null
                        )
                    )
                        simulation.Granted.ShouldContain(granted =>
                            granted.Planned.Repeats != null && granted.Planned.Repeats.Lease == stuck.Lease
                        );
                },
                iter: Cases
            );

    private static PlannedWorker[] Workers(double[] speeds) =>
        [.. speeds.Select((speed, i) => new PlannedWorker($"{i}", IsGpu: false, speed))];

    /// <summary>Apart from repeats, every position was handed out once.</summary>
    private static void ShouldHaveGrantedAllOnce(Simulation simulation, int samples, int epochs)
    {
        var granted = Enumerable.Range(1, epochs).ToDictionary(epoch => epoch, _ => new PositionSet());
        foreach (
            var stretch in simulation
                .Granted.Where(granted => granted.Planned.Repeats is null)
                .Select(granted => granted.Planned.Lease.Stretch)
        )
        {
            granted[stretch.Epoch].OverlapWith(stretch.Start, stretch.End).ShouldBe(Overlap.None);
            granted[stretch.Epoch].Add(stretch.Start, stretch.End);
        }
        granted.Values.ShouldAllBe(epoch => epoch.Count == samples);
    }
}
