using ActorTrain.Job;
using ActorTrain.Supervision;
using CsCheck;

namespace ActorTrain.Tests.Job;

public sealed class JobHistoryTests
{
    private static EpochSummary Epoch(int number, double? accuracy = null) =>
        new(number, 64, 1, 0.5, accuracy, accuracy);

    private static SupervisionEvent Event(int number, int length = 20) =>
        new(number, "worker-joined", "a:1", new string('r', length), "it gets leases");

    [Fact]
    public void A_row_that_changes_takes_the_place_of_the_one_before()
    {
        var history = new JobHistory();
        history.Update([Epoch(1), Epoch(2)], [Event(1)]);
        history.Update([Epoch(1, accuracy: 0.9), Epoch(2)], [Event(1), Event(2)]);

        history.Count.ShouldBe(5);
        history.Epochs.ShouldBe([Epoch(1, accuracy: 0.9), Epoch(2)]);
        history.Events.ShouldBe([Event(1), Event(2)]);
    }

    [Fact]
    public void A_page_holds_one_entry_at_least_however_large_it_is()
    {
        var history = new JobHistory();
        history.Update([], [Event(1, length: 60_000), Event(2)]);

        history.From(0).Entries.ShouldBe([new HistoryEntry(null, Event(1, length: 60_000))]);
        history.From(1).Entries.ShouldBe([new HistoryEntry(null, Event(2))]);
    }

    [Fact]
    public void A_page_that_comes_too_early_is_no_use()
    {
        var follower = new JobHistory();
        follower.Take(new HistoryPage(1, [new HistoryEntry(Epoch(2), null)], 2)).ShouldBeFalse();
        follower.Count.ShouldBe(0);
    }

    [Fact]
    public void Whoever_takes_page_after_page_has_all_of_it_whatever_is_lost_or_comes_twice() =>
        Gen.Select(Gen.Int[0, 2_000], Gen.Int[0, 300], Gen.Int[0, 3].Array[1, 40])
            .Sample(
                (epochs, events, fates) =>
                {
                    var (history, follower) = (new JobHistory(), new JobHistory());
                    history.Update(
                        [.. Enumerable.Range(1, epochs).Select(i => Epoch(i))],
                        [.. Enumerable.Range(1, events).Select(i => Event(i))]
                    );
                    var pages = 0;
                    foreach (var fate in fates.Concat(Enumerable.Repeat(1, 100)))
                    {
                        var page = history.From(follower.Count);
                        pages++;
                        // Lost, once, or twice.
                        for (var i = 0; i < fate; i++)
                            follower.Take(page);
                        if (follower.Count == history.Count)
                            break;
                    }
                    return follower.Entries.SequenceEqual(history.Entries)
                        && follower.Epochs.SequenceEqual(history.Epochs)
                        && follower.Events.SequenceEqual(history.Events)
                        && pages <= 140;
                },
                iter: 100
            );
}
