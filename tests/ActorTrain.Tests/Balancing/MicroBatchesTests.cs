using ActorTrain.Balancing;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class MicroBatchesTests
{
    private static readonly Gen<double> Speed = Gen.Double[-2, 4].Select(exponent => Math.Pow(10, exponent));

    [Theory]
    [InlineData(64, new double[] { 400, 100 }, new[] { 96, 32 })]
    [InlineData(64, new double[] { 100, 400 }, new[] { 32, 96 })]
    [InlineData(64, new double[] { 300, 100 }, new[] { 96, 32 })]
    [InlineData(10, new double[] { 300, 100 }, new[] { 15, 5 })]
    [InlineData(64, new double[] { 50 }, new[] { 64 })]
    public void Micro_batches_follow_the_speeds_in_eighths_where_the_batch_can_be_divided_so(
        int batch,
        double[] speeds,
        int[] divided
    ) => Divide(speeds, batch).ShouldBe(divided);

    [Fact]
    public void Without_workers_there_are_no_micro_batches() => Divide([], 64).ShouldBeEmpty();

    [Fact]
    public void Their_sum_is_that_of_equal_workers_and_none_is_empty() =>
        Gen.Select(Speed.Array[1, 12], Gen.Int[1, 300])
            .Sample(
                (speeds, batch) =>
                {
                    var divided = Divide(speeds, batch);
                    divided.Sum().ShouldBe(batch * speeds.Length);
                    divided.ShouldAllBe(microBatch => microBatch >= 1);
                }
            );

    [Fact]
    public void A_faster_worker_never_gets_less() =>
        Gen.Select(Speed.Array[1, 12], Gen.Int[1, 300])
            .Sample(
                (speeds, batch) =>
                {
                    var divided = Divide(speeds, batch);
                    for (var i = 0; i < speeds.Length; i++)
                    for (var j = 0; j < speeds.Length; j++)
                        if (speeds[i] > speeds[j])
                            divided[i].ShouldBeGreaterThanOrEqualTo(divided[j]);
                }
            );

    [Fact]
    public void Slow_workers_keep_about_half_of_the_batch() =>
        Divide([199, 198, 0.001, 0.001, 0.001], batch: 8).ShouldBe([16, 15, 3, 3, 3]);

    [Theory, InlineData(119.9, 80.1, true), InlineData(120.1, 79.9, false)]
    public void Near_equal_speeds_keep_the_jobs_batch(double one, double other, bool equal) =>
        Divide([one, other], batch: 100).SequenceEqual([100, 100]).ShouldBe(equal);

    [Fact]
    public void One_speed_far_from_the_mean_divides_all() => Divide([100, 105, 40], batch: 64).ShouldBe([80, 80, 32]);

    [Fact]
    public void An_unknown_throughput_counts_as_the_mean()
    {
        Divide([300, 0, 100], batch: 64).ShouldBe([96, 64, 32]);
        Divide([0, 0], batch: 64).ShouldBe([64, 64]);
    }

    [Fact]
    public void What_one_memory_cannot_hold_goes_to_the_others_in_proportion() =>
        MicroBatches.Divide([new(400, Most: 32), new(200), new(100)], batch: 64).ShouldBe([32, 104, 56]);

    [Fact]
    public void Near_equal_speeds_do_not_lift_a_cap() =>
        MicroBatches.Divide([new(100, Most: 16), new(100)], batch: 64).ShouldBe([16, 112]);

    [Theory, InlineData(7, 121), InlineData(8, 120), InlineData(1, 127)]
    public void A_memory_below_an_eighth_of_the_batch_leaves_the_rest_to_the_others(int most, int rest) =>
        MicroBatches.Divide([new(100, most), new(100)], batch: 64).ShouldBe([most, rest]);

    [Fact]
    public void Where_all_memories_are_full_the_sum_is_smaller() =>
        MicroBatches.Divide([new(400, Most: 16), new(100, Most: 24)], batch: 64).ShouldBe([16, 24]);

    [Fact]
    public void No_worker_gets_more_than_its_memory_holds_and_the_sum_is_smaller_only_where_all_are_full() =>
        Gen.Select(Gen.Select(Speed, Gen.Int[1, 400]).Array[1, 12], Gen.Int[1, 40])
            .Sample(
                (workers, eighths) =>
                {
                    var batch = 8 * eighths;
                    var divided = MicroBatches.Divide(
                        [.. workers.Select(worker => new MicroBatches.Share(worker.Item1, worker.Item2))],
                        batch
                    );
                    for (var i = 0; i < workers.Length; i++)
                        divided[i].ShouldBeInRange(1, workers[i].Item2);

                    var unit = workers.All(worker => worker.Item2 >= eighths) ? eighths : 1;
                    divided
                        .Sum()
                        .ShouldBe(Math.Min(batch * workers.Length, workers.Sum(worker => worker.Item2 / unit * unit)));
                }
            );

    private static IReadOnlyList<int> Divide(double[] speeds, int batch) =>
        MicroBatches.Divide([.. speeds.Select(speed => new MicroBatches.Share(speed))], batch);
}
