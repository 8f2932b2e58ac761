using ActorTrain.Leases;
using CsCheck;

namespace ActorTrain.Tests.Leases;

public sealed class LeaseBookTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);

    [Fact]
    public void Hands_out_every_position_of_every_epoch_in_order()
    {
        var book = new LeaseBook(samples: 10, epochs: 2, leaseSamples: 4);

        Stretches(book).ShouldBe([(1, 0, 4), (1, 4, 4), (1, 8, 2), (2, 0, 4), (2, 4, 4), (2, 8, 2)]);
        book.Take("a", Noon).ShouldBeNull();
    }

    [Fact]
    public void An_epoch_is_complete_when_its_last_lease_has_ended_not_when_it_is_handed_out()
    {
        var book = new LeaseBook(samples: 8, epochs: 1, leaseSamples: 4);
        var (first, second) = (book.Take("a", Noon)!, book.Take("b", Noon)!);

        book.End(second.Id, []);
        book.IsComplete(1).ShouldBeFalse();
        book.End(first.Id, []);

        book.IsComplete(1).ShouldBeTrue();
        book.Complete.ShouldBeTrue();
    }

    [Fact]
    public void What_was_not_done_goes_to_the_next_who_asks()
    {
        var book = new LeaseBook(samples: 8, epochs: 1, leaseSamples: 8);
        var lease = book.Take("a", Noon)!;

        book.End(lease.Id, [new LeasePart(1, 2, 2), new LeasePart(1, 6, 2)]);

        book.Take("b", Noon)!.Stretch.ShouldBe(new LeasePart(1, 2, 2));
        book.Take("b", Noon)!.Stretch.ShouldBe(new LeasePart(1, 6, 2));
        book.Take("b", Noon).ShouldBeNull();
    }

    [Fact]
    public void A_lost_holders_leases_go_to_others_and_its_late_word_changes_nothing()
    {
        var book = new LeaseBook(samples: 4, epochs: 1, leaseSamples: 4);
        var lost = book.Take("a", Noon)!;

        book.TakeBack("a").ShouldBe(4);
        var again = book.Take("b", Noon)!;

        again.Stretch.ShouldBe(lost.Stretch);
        again.Id.ShouldNotBe(lost.Id);
        book.End(lost.Id, []).ShouldBeNull();
        book.Complete.ShouldBeFalse();
        book.End(again.Id, []).ShouldBe(again);
        book.Complete.ShouldBeTrue();
    }

    [Theory, InlineData(60, false), InlineData(61, true)]
    public void A_lease_expires_after_its_timeout_without_progress(int seconds, bool expires)
    {
        var book = new LeaseBook(samples: 4, epochs: 1, leaseSamples: 4);
        book.Take("a", Noon);

        book.Expire(Noon + TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(60)).Count.ShouldBe(expires ? 1 : 0);

        (book.Take("b", Noon) is not null).ShouldBe(expires);
    }

    [Fact]
    public void Progress_renews_a_lease()
    {
        var book = new LeaseBook(samples: 4, epochs: 1, leaseSamples: 4);
        book.Take("a", Noon);
        book.Renew("a", Noon + TimeSpan.FromSeconds(50));

        book.Expire(Noon + TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(60)).ShouldBeEmpty();
    }

    [Fact]
    public void However_leases_end_all_positions_are_done_once_the_book_says_so() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 3], Gen.Int[1, 50], Gen.Int[0, 3].Array[500]).Sample((samples, epochs, leaseSamples, fates) =>
        {
            var book = new LeaseBook(samples, epochs, leaseSamples);
            var done = Enumerable.Range(0, epochs).Select(_ => new int[samples]).ToArray();
            foreach (var fate in fates.Append(3).Concat(Enumerable.Repeat(3, samples * epochs + 10)))
            {
                if (book.Take("w", Noon) is not { } lease) break;
                var stretch = lease.Stretch;
                switch (fate)
                {
                    case 0:
                        book.TakeBack("w");
                        break;
                    case 1:
                        book.End(lease.Id, [stretch]);
                        break;
                    case 2:
                        var half = stretch.Count / 2;
                        Mark(stretch.Epoch, stretch.Start, stretch.Start + half);
                        book.End(lease.Id, [stretch with { Start = stretch.Start + half, Count = stretch.Count - half }]);
                        break;
                    default:
                        Mark(stretch.Epoch, stretch.Start, stretch.End);
                        book.End(lease.Id, []);
                        break;
                }
            }
            book.Complete.ShouldBeTrue();
            done.ShouldAllBe(epoch => epoch.All(times => times == 1));

            void Mark(int epoch, int start, int end)
            {
                for (var i = start; i < end; i++) done[epoch - 1][i]++;
            }
        });

    private static List<(int, int, int)> Stretches(LeaseBook book)
    {
        var stretches = new List<(int, int, int)>();
        while (book.Take("a", Noon) is { } lease) stretches.Add((lease.Stretch.Epoch, lease.Stretch.Start, lease.Stretch.Count));
        return stretches;
    }
}
