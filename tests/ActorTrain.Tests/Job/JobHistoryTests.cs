using ActorTrain.Job;
using CsCheck;

namespace ActorTrain.Tests.Job;

public sealed class JobHistoryTests
{
    private static EpochSummary Epoch(int number, double? accuracy = null) =>
        new(number, 64, 1, 0.5, accuracy, accuracy);

    private static SupervisionEvent Event(int number, int length = 20) =>
        new(TimeSpan.FromSeconds(number), "worker-joined", "a:1", new string('r', length), "it gets leases");

    [Fact]
    public void A_changed_row_replaces_the_earlier_one()
    {
        var history = new JobHistory();
        history.Update([Epoch(1), Epoch(2)], [Event(1)]);
        history.Update([Epoch(1, accuracy: 0.9), Epoch(2)], [Event(1), Event(2)]);

        history.Count.ShouldBe(5);
        history.Epochs.ShouldBe([Epoch(1, accuracy: 0.9), Epoch(2)]);
        history.Events.ShouldBe([Event(1), Event(2)]);
    }

    [Fact]
    public void The_row_of_an_epoch_that_is_complete_no_more_is_removed_also_at_a_follower()
    {
        var (history, follower) = (new JobHistory(), new JobHistory());
        history.Update([Epoch(1), Epoch(2, accuracy: 0.9)], []);
        history.Update([Epoch(1)], []);
        history.Epochs.ShouldBe([Epoch(1)]);

        follower.Add(history.PageFrom(0)).ShouldBeTrue();
        follower.Epochs.ShouldBe([Epoch(1)]);

        history.Update([Epoch(1), Epoch(2, accuracy: 0.8)], []);
        history.Epochs.ShouldBe([Epoch(1), Epoch(2, accuracy: 0.8)]);
    }

    [Fact]
    public void A_page_has_at_least_one_entry_of_any_size()
    {
        var history = new JobHistory();
        history.Update([], [Event(1, length: 60_000), Event(2)]);

        history.PageFrom(0).Entries.ShouldBe([new HistoryEntry(null, Event(1, length: 60_000))]);
        history.PageFrom(1).Entries.ShouldBe([new HistoryEntry(null, Event(2))]);
    }

    [Fact]
    public void A_page_that_leaves_a_gap_is_ignored()
    {
        var follower = new JobHistory();
        follower.Add(new HistoryPage(1, [new HistoryEntry(Epoch(2), null)], 2)).ShouldBeFalse();
        follower.Count.ShouldBe(0);
    }

    [Fact]
    public void A_follower_has_the_whole_history_though_pages_are_lost_or_repeated() =>
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
                        var page = history.PageFrom(follower.Count);
                        pages++;
                        // The page is lost, arrives once, or twice.
                        for (var i = 0; i < fate; i++)
                            follower.Add(page);
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
