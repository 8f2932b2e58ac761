using ActorTrain.Hosting;
using ActorTrain.Job;

namespace ActorTrain.Tests.Hosting;

public sealed class FollowedJobTests
{
    private static readonly JobProgress Progress = new(
        "job",
        JobPhase.Training,
        "",
        Epoch: 1,
        Epochs: 2,
        SamplesApplied: 10,
        SamplesExpected: 20,
        Seconds: 1,
        Throughput: 10,
        TrainLoss: null,
        TestAccuracy: null,
        [],
        [],
        new StalenessSummary(0, 0, []),
        []
    );

    private readonly FollowedJob _followed = new();

    [Fact]
    public void Progress_with_a_complete_history_is_shown_at_once()
    {
        var step = _followed.Add(Progress, new HistoryPage(0, [Entry(1)], Total: 1));
        step.Confirmed.ShouldBe(1);
        step.Progress!.Events.Count.ShouldBe(1);
        _followed.Add(Progress, new HistoryPage(1, [], Total: 1)).Confirmed.ShouldBeNull();
    }

    [Fact]
    public void Progress_waits_for_the_missing_pages_and_the_newest_is_shown()
    {
        _followed.Add(Progress, new HistoryPage(0, [Entry(1)], Total: 2)).Progress.ShouldBeNull();
        _followed
            .Add(Progress with { SamplesApplied = 11 }, new HistoryPage(0, [Entry(1)], Total: 2))
            .ShouldBe(new FollowedJob.Step(null, 1));
        var step = _followed.Add(new HistoryPage(1, [Entry(2)], Total: 2));
        (step.Progress!.SamplesApplied, step.Progress.Events.Count, step.Confirmed).ShouldBe((11, 2, 2));
    }

    [Fact]
    public void A_history_is_read_from_its_beginning()
    {
        _followed.Add(Progress, new HistoryPage(2, [], Total: 2)).ShouldBe(new FollowedJob.Step(null, 0));
        _followed.Add(new HistoryPage(0, [Entry(1), Entry(2)], Total: 2)).Progress!.Events.Count.ShouldBe(2);
    }

    [Fact]
    public void What_the_client_waits_for_is_shown_once_with_the_last_progress()
    {
        _followed.Waiting("the job does not answer").ShouldBeNull();
        _followed.Add(Progress, new HistoryPage(0, [Entry(1)], Total: 1));
        var waiting = _followed.Waiting("the job does not answer")!;
        (waiting.Reason, waiting.Events.Count).ShouldBe(("the job does not answer", 1));
        _followed.Waiting("the job does not answer").ShouldBeNull();
    }

    private static HistoryEntry Entry(int number) =>
        new(null, new SupervisionEvent(TimeSpan.FromSeconds(number), "kind", "node", "reason", "action"));
}
