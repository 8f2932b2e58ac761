using ActorTrain.Torch.Devices;

namespace ActorTrain.Torch.Tests.Devices;

public sealed class ThreadDecisionSpecs
{
    [Theory]
    [InlineData(1, 1, "for 1 processor")]
    [InlineData(2, 2, "one for each of 2 processors")]
    [InlineData(16, 16, "one for each of 16 processors")]
    public void A_single_worker_may_use_every_processor(int processors, int threads, string reason) =>
        ThreadDecision.Share(processors, default).ShouldBe(new ThreadChoice(threads, reason));

    [Theory]
    [InlineData(2, 1, 0, 1)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(2, 2, 2, 1)]
    [InlineData(3, 1, 0, 2)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(16, 2, 0, 6)]
    [InlineData(16, 2, 1, 5)]
    public void Workers_share_and_the_first_ones_get_the_remainder(
        int processors,
        int others,
        int before,
        int threads
    ) => ThreadDecision.Share(processors, new OtherWorkers(0, others, before)).Threads.ShouldBe(threads);

    [Theory]
    [InlineData(16, 4, 0, 12)]
    [InlineData(16, 4, 1, 6)]
    [InlineData(2, 2, 0, 1)]
    [InlineData(2, 8, 3, 1)]
    public void Threads_given_to_others_are_not_shared_but_one_always_remains(
        int processors,
        int taken,
        int sharing,
        int threads
    ) => ThreadDecision.Share(processors, new OtherWorkers(taken, sharing, Before: 0)).Threads.ShouldBe(threads);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(7), InlineData(16), InlineData(61)]
    public void Workers_that_share_use_all_processors_and_none_twice(int processors)
    {
        for (var workers = 1; workers <= processors; workers++)
            Enumerable
                .Range(0, workers)
                .Sum(before => ThreadDecision.Share(processors, new OtherWorkers(0, workers - 1, before)).Threads)
                .ShouldBe(processors);
    }

    [Fact]
    public void The_reason_of_a_share_names_the_other_workers() =>
        ThreadDecision
            .Share(16, new OtherWorkers(Taken: 4, Sharing: 1, Before: 0))
            .Reason.ShouldBe("of 16 processors, less 4 that others were given, shared with 1 other worker");

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(6, new[] { 1, 2, 4, 6 })]
    [InlineData(16, new[] { 1, 2, 4, 8, 16 })]
    public void Powers_of_two_and_the_share_are_tried(int share, int[] tried) =>
        ThreadDecision.Candidates(share).ShouldBe(tried);

    [Fact]
    public void On_an_idle_machine_the_share_is_used() =>
        Fastest(share: 2, (1, 3785), (2, 6000)).ShouldBe(new ThreadChoice(2, "the share"));

    [Fact]
    public void On_a_loaded_machine_fewer_threads_are_used_where_they_are_faster() =>
        Fastest(share: 2, (1, 3785), (2, 411)).ShouldBe(new ThreadChoice(1, "tried: 3,785 samples/s, 411 with 2"));

    [Theory]
    // Exactly a tenth faster is enough.
    [InlineData(1000, 1101, 2)]
    [InlineData(1000, 1099, 1)]
    public void More_threads_must_be_a_tenth_faster(double one, double two, int threads) =>
        Fastest(share: 2, (1, one), (2, two)).Threads.ShouldBe(threads);

    [Fact]
    public void The_fewest_threads_that_are_nearly_the_fastest_are_used() =>
        Fastest(share: 16, (1, 100), (2, 190), (4, 300), (8, 310), (16, 250)).Threads.ShouldBe(4);

    [Fact]
    public void Without_measurements_the_share_is_used()
    {
        Fastest(share: 4).ShouldBe(new ThreadChoice(4, "the share"));
        Fastest(share: 4, (1, 0), (4, 100)).ShouldBe(new ThreadChoice(4, "the share"));
    }

    private static ThreadChoice Fastest(int share, params (int Threads, double Speed)[] speeds) =>
        ThreadDecision.Fastest(
            new ThreadChoice(share, "the share"),
            [.. speeds.Select(tried => new ThreadSpeed(tried.Threads, tried.Speed))]
        );
}
