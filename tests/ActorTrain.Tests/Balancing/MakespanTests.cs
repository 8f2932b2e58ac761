using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

/// <summary>How long a whole job takes with the planner's leases.</summary>
public sealed class MakespanTests
{
    private const int Cases = 300;

    private static readonly Gen<double[]> Speeds = Gen.Double[0, 2]
        .Select(exponent => 10 * Math.Pow(10, exponent))
        .Array[1, 8];

    [Fact]
    public void A_job_ends_with_any_options_and_any_estimates() =>
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
                (speeds, samples, epochs, batch, leaseBatches, flags, errors) =>
                {
                    var options = new BalanceOptions(
                        MicroBatch: (flags & 1) > 0,
                        Lease: (flags & 2) > 0,
                        Repeat: (flags & 4) > 0
                    );
                    // The estimate of a worker is up to three times too high, or unknown.
                    var workers = Workers([.. speeds.Select((speed, i) => errors[i] < 0.3 ? 0 : speed * errors[i])]);
                    var table = new LeaseTable(samples, epochs);
                    var simulation = new Simulation(
                        new LeasePlanner(options, batch, leaseBatches),
                        table,
                        workers,
                        worker => speeds[int.Parse(worker.Node)]
                    );
                    simulation.Run().ShouldBeTrue();
                    ShouldHaveGrantedAllOnce(simulation, samples, epochs);
                },
                iter: Cases
            );

    [Fact]
    public void A_long_job_takes_little_longer_than_the_sum_of_all_throughputs_allows() =>
        Gen.Select(Speeds, Gen.Int[20, 60], Gen.Int[1, 3], Gen.Int[8, 64])
            .Sample(
                (speeds, rounds, epochs, batch) =>
                {
                    const int leaseBatches = 4;
                    var samples = rounds * leaseBatches * batch * speeds.Length / epochs;
                    var (workers, planner) = (Workers(speeds), new LeasePlanner(Jobs.ByStrength, batch, leaseBatches));
                    var simulation = new Simulation(
                        planner,
                        new LeaseTable(samples, epochs),
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
    public void A_stuck_workers_lease_is_repeated_by_an_idle_worker() =>
        Gen.Select(Speeds.Where(speeds => speeds.Length > 1), Gen.Int[1, 1000], Gen.Int[1, 3])
            .Sample(
                (speeds, samples, epochs) =>
                {
                    var simulation = new Simulation(
                        new LeasePlanner(Jobs.ByStrength, batch: 16, leaseBatches: 4),
                        new LeaseTable(samples, epochs),
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

    /// <summary>Apart from repeats, every position was granted once.</summary>
    private static void ShouldHaveGrantedAllOnce(Simulation simulation, int samples, int epochs)
    {
        var granted = Enumerable.Range(1, epochs).ToDictionary(epoch => epoch, _ => new PositionSet());
        foreach (
            var range in simulation
                .Granted.Where(granted => granted.Planned.Repeats is null)
                .Select(granted => granted.Planned.Lease.Range)
        )
        {
            granted[range.Epoch].OverlapWith(range.Start, range.End).ShouldBe(Overlap.None);
            granted[range.Epoch].Add(range.Start, range.End);
        }
        granted.Values.ShouldAllBe(epoch => epoch.Count == samples);
    }
}
