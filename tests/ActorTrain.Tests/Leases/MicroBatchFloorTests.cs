using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Leases;

/// <summary>No gradient has fewer samples than its batch statistics need, for every cut of an epoch.</summary>
public sealed class MicroBatchFloorTests
{
    [Theory]
    [InlineData(64, 8)]
    [InlineData(16, 8)]
    [InlineData(8, 4)]
    [InlineData(3, 2)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    public void It_is_half_the_batch_at_most_8_and_at_least_2_by_default(int batch, int least) =>
        Jobs.Create(batch: batch).SmallestMicroBatch.ShouldBe(least);

    [Theory]
    [InlineData(32, "0+16 16+16")]
    [InlineData(33, "0+16 16+17")]
    [InlineData(39, "0+16 16+23")]
    [InlineData(40, "0+16 16+16 32+8")]
    [InlineData(7, "0+7")]
    public void A_rest_that_is_too_small_joins_the_piece_before_it(int count, string pieces) =>
        Text(new SampleRange(1, 0, count).Cut(16, least: 8)).ShouldBe(pieces);

    [Fact]
    public void A_joined_piece_that_the_memory_does_not_hold_is_halved() =>
        Text(new SampleRange(1, 0, 33).Cut(16, least: 8, most: 16)).ShouldBe("0+16 16+9 25+8");

    [Fact]
    public void A_cut_has_all_positions_once_and_no_piece_is_too_small() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 64], Gen.Int[1, 64])
            .Sample(
                (count, samples, floor) =>
                {
                    var least = Math.Min(floor, samples);
                    var pieces = new SampleRange(2, 7, count).Cut(samples, least);

                    pieces.Sum(piece => piece.Count).ShouldBe(count);
                    pieces.Aggregate(7, (end, piece) => piece.Start == end ? piece.End : -1).ShouldBe(7 + count);
                    pieces.ShouldAllBe(piece => piece.Count >= Math.Min(least, count) && piece.Count < samples + least);
                }
            );

    [Fact]
    public void No_gradient_is_too_small_after_leases_are_granted_and_returned() =>
        Gen.Select(Gen.Int[9, 400], Gen.Int[1, 40], Gen.Int[2, 8], Gen.Int[0, 1_000_000])
            .Sample(
                (samples, size, floor, seed) =>
                {
                    var (table, random, now) = (
                        new LeaseTable(samples, epochs: 2, floor),
                        new Random(seed),
                        TimeSpan.Zero
                    );
                    var done = 0;
                    for (var round = 1; !table.Complete && round < 10_000; round++)
                    {
                        foreach (var (epoch, _) in table.Offers.Where(offer => offer.Samples > 0).Take(1).ToList())
                        {
                            var microBatch = floor + random.Next(12);
                            if (table.Take("a", epoch, size, microBatch, now) is not { } lease)
                                continue;
                            var parts = lease.Parts;
                            parts.ShouldAllBe(part => part.Count >= Math.Min(floor, samples));
                            // Some of it stays undone, as after the loss of its worker.
                            var undone = parts.Where(_ => random.Next(3) == 0).ToList();
                            done += parts.Sum(part => part.Count) - undone.Sum(part => part.Count);
                            table.End(lease.Id, undone, round);
                            table.Settle(round, new Dictionary<int, PositionSet>());
                        }
                    }
                    table.Complete.ShouldBeTrue();
                    done.ShouldBe(2 * samples);
                }
            );

    [Fact]
    public void No_gradient_of_a_synchronous_step_is_too_small() =>
        Gen.Select(Gen.Int[9, 300], Gen.Int[1, 12], Gen.Int[1, 5], Gen.Bool, Gen.Int[0, 1_000_000])
            .Sample(
                (samples, batches, count, whole, seed) =>
                {
                    const int least = 4,
                        batch = 8;
                    var random = new Random(seed);
                    var table = new LeaseTable(samples, epochs: 2, least);
                    var planner = new StepPlanner(
                        new StepGrid(batch * batches, samples, least),
                        batch,
                        whole,
                        repeats: true
                    );
                    var workers = Enumerable
                        .Range(0, count)
                        .Select(i => new PlannedWorker($"{i}", false, 1 + random.Next(100)))
                        .ToArray();
                    var held = new List<(string Node, Lease Lease)>();
                    for (var round = 1; !table.Complete && round < 20_000; round++)
                    {
                        var asks = workers[random.Next(count)];
                        if (
                            held.Count(one => one.Node == asks.Node) < 2
                            && planner.Next(table, workers, asks, TimeSpan.FromSeconds(round)) is { } next
                        )
                        {
                            next.Lease.Parts.ShouldAllBe(part => part.Count >= least);
                            held.Add((asks.Node, next.Lease));
                        }
                        if (held.Count == 0 || random.Next(2) == 0)
                            continue;
                        var (node, lease) = held[random.Next(held.Count)];
                        held.Remove((node, lease));
                        table.End(lease.Id, random.Next(10) == 0 ? lease.Parts : [], round);
                        table.Settle(round, new Dictionary<int, PositionSet>());
                    }
                    table.Complete.ShouldBeTrue();
                }
            );

    [Theory]
    [InlineData(100, 32, 8, "0+32 32+32 64+36")]
    [InlineData(104, 32, 8, "0+32 32+32 64+32 96+8")]
    [InlineData(5, 32, 8, "0+5")]
    [InlineData(96, 32, 8, "0+32 32+32 64+32")]
    public void A_rest_of_an_epoch_belongs_to_the_step_before_it(int samples, int step, int least, string steps)
    {
        var grid = new StepGrid(step, samples, least);
        var all = new List<SampleRange>();
        for (var position = 0; position < samples; position = all[^1].End)
            all.Add(grid.StepOf(1, position));

        Text(all).ShouldBe(steps);
        for (var position = 0; position < samples; position++)
            grid.StepOf(1, position).ShouldBe(all.First(one => one.Start <= position && position < one.End));
        grid.After(all[^1]).ShouldBe(grid.StepOf(2, 0));
    }

    [Fact]
    public void The_weights_of_an_epochs_pushes_sum_to_its_steps_with_a_floor() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 64], Gen.Int[1, 8], Gen.Int[1, 40])
            .Sample(
                (samples, batch, floor, cut) =>
                {
                    var least = Math.Min(floor, batch);
                    var grid = new StepGrid(batch, samples, least);
                    var steps = 0;
                    for (var position = 0; position < samples; steps++)
                        position = grid.StepOf(1, position).End;

                    new SampleRange(1, 0, samples)
                        .Cut(cut)
                        .Sum(part => (double)StepWeight.Compute(part, batch, samples, least))
                        .ShouldBe(steps, 1e-3);
                    foreach (var part in new SampleRange(1, 0, samples).Cut(batch, least))
                        StepWeight.Compute(part, batch, samples, least).ShouldBe(1f);
                }
            );

    [Fact]
    public void Balanced_micro_batches_keep_the_floor_and_the_sum() =>
        Gen.Select(Gen.Double[0.01, 1000].Array[1, 12], Gen.Int[2, 64])
            .Sample(
                (speeds, batch) =>
                {
                    var least = Math.Max(Math.Min(2, batch), Math.Min(8, batch / 2));
                    var shares = MicroBatches.Divide(
                        [.. speeds.Select(speed => new MicroBatches.Share(speed))],
                        batch,
                        least: least
                    );

                    shares.ShouldAllBe(share => share >= least);
                    shares.Sum().ShouldBe(batch * speeds.Length);
                }
            );

    private static string Text(IEnumerable<SampleRange> parts) =>
        string.Join(' ', parts.Select(part => $"{part.Start}+{part.Count}"));
}
