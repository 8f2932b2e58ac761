using ActorTrain.Leases;
using CsCheck;

namespace ActorTrain.Tests.Leases;

public sealed class LeaseBookTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);

    [Fact]
    public void Hands_out_every_position_of_every_epoch_in_order()
    {
        var book = new LeaseBook(samples: 10, epochs: 2);

        var stretches = new List<(int, int, int)>();
        while (Take(book, "a", 4) is { } lease)
            stretches.Add((lease.Stretch.Epoch, lease.Stretch.Start, lease.Stretch.Count));

        stretches.ShouldBe([(1, 0, 4), (1, 4, 4), (1, 8, 2), (2, 0, 4), (2, 4, 4), (2, 8, 2)]);
        book.Offers.ShouldBeEmpty();
    }

    [Fact]
    public void Offers_what_is_left_of_an_epoch_and_the_next()
    {
        var book = new LeaseBook(samples: 10, epochs: 3);
        Take(book, "a", 4);
        book.Offers.ShouldBe([(1, 6), (2, 10)]);
    }

    [Fact]
    public void Who_goes_on_to_the_next_epoch_leaves_the_end_of_this_one_to_others()
    {
        var book = new LeaseBook(samples: 10, epochs: 2);
        Take(book, "fast", 8);

        book.Take("weak", epoch: 2, size: 5, microBatch: 1, Noon)!.Stretch.ShouldBe(new LeasePart(2, 0, 5));

        book.Offers.ShouldBe([(1, 2), (2, 5)]);
        Take(book, "fast", 8)!.Stretch.ShouldBe(new LeasePart(1, 8, 2));
    }

    [Fact]
    public void An_epoch_is_complete_when_its_last_lease_has_ended_not_when_it_is_handed_out()
    {
        var book = new LeaseBook(samples: 8, epochs: 1);
        var (first, second) = (Take(book, "a", 4)!, Take(book, "b", 4)!);

        book.End(second.Id, [], round: 1);
        book.CompleteEpochs.ShouldBe(0);
        book.End(first.Id, [], round: 1);

        book.CompleteEpochs.ShouldBe(1);
        book.Complete.ShouldBeTrue();
    }

    [Fact]
    public void What_was_not_done_is_in_doubt_until_the_shards_have_spoken_and_goes_to_the_next_who_asks_then()
    {
        var book = new LeaseBook(samples: 8, epochs: 1);
        var lease = Take(book, "a", 8)!;

        book.End(lease.Id, [new LeasePart(1, 2, 2), new LeasePart(1, 6, 2)], round: 5);
        Take(book, "b", 8).ShouldBeNull();
        book.Settle(round: 4, Applied());
        Take(book, "b", 8).ShouldBeNull("the counts are older than the doubt");
        book.Settle(round: 5, Applied());

        Take(book, "b", 8)!.Stretch.ShouldBe(new LeasePart(1, 2, 2));
        Take(book, "b", 8)!.Stretch.ShouldBe(new LeasePart(1, 6, 2));
        Take(book, "b", 8).ShouldBeNull();
    }

    [Fact]
    public void What_one_shard_has_and_another_lacks_is_handed_out_so_that_it_is_new_or_old_to_each_as_a_whole()
    {
        var book = new LeaseBook(samples: 128, epochs: 1);
        Take(book, "a", 128);
        book.TakeBack("a", round: 1);

        // One shard holds the first half, the other the second: neither is everywhere.
        book.Settle(round: 1, Applied(), new Dictionary<int, SortedSet<int>> { [1] = [0, 64, 128] });

        Take(book, "b", 96)!.Stretch.ShouldBe(new LeasePart(1, 0, 64));
        Take(book, "b", 96)!.Stretch.ShouldBe(new LeasePart(1, 64, 64));
    }

    [Fact]
    public void What_a_lost_holder_had_pushed_by_then_is_not_done_again()
    {
        var book = new LeaseBook(samples: 8, epochs: 1);
        Take(book, "a", 8);

        book.TakeBack("a", round: 1).ShouldBe(8);
        book.Settle(round: 1, Applied((0, 3), (5, 6)));

        Take(book, "b", 8)!.Stretch.ShouldBe(new LeasePart(1, 3, 2));
        Take(book, "b", 8)!.Stretch.ShouldBe(new LeasePart(1, 6, 2));
    }

    [Fact]
    public void A_lost_holders_late_word_changes_nothing()
    {
        var book = new LeaseBook(samples: 4, epochs: 1);
        var lost = Take(book, "a", 4)!;
        book.TakeBack("a", round: 1);
        book.Settle(round: 1, Applied());
        var again = Take(book, "b", 4)!;

        book.End(lost.Id, [], round: 2).ShouldBeNull();
        book.Complete.ShouldBeFalse();
        book.End(again.Id, [], round: 2)!.Lease.ShouldBe(again);
        book.Complete.ShouldBeTrue();
    }

    [Fact]
    public void What_is_repeated_is_done_by_whoever_is_first()
    {
        var book = new LeaseBook(samples: 8, epochs: 1);
        var slow = Take(book, "slow", 8)!;
        var repeat = book.Repeat(book.Grants.Single(), "strong", new LeasePart(1, 4, 4), Noon);

        book.End(repeat.Id, [], round: 1);
        book.OpenPartsOf(book.Grants.Single()).ShouldBe([new LeasePart(1, 0, 4)]);
        book.End(slow.Id, [], round: 1);

        book.Complete.ShouldBeTrue();
    }

    [Fact]
    public void What_two_hold_comes_back_only_where_both_have_given_it_back()
    {
        var book = new LeaseBook(samples: 8, epochs: 1);
        Take(book, "slow", 8);
        book.Repeat(book.Grants.Single(), "strong", new LeasePart(1, 4, 4), Noon);

        book.TakeBack("slow", round: 1);
        book.Settle(round: 1, Applied());
        Take(book, "third", 8)!.Stretch.ShouldBe(new LeasePart(1, 0, 4));
        Take(book, "third", 8).ShouldBeNull();
        book.TakeBack("strong", round: 2);
        book.Settle(round: 2, Applied());

        Take(book, "third", 8)!.Stretch.ShouldBe(new LeasePart(1, 4, 4));
    }

    [Fact]
    public void A_book_that_is_written_anew_hands_out_what_the_shards_do_not_have()
    {
        var book = new LeaseBook(samples: 10, epochs: 3);
        var first = new PositionSet();
        first.Add(0, 10);
        var second = new PositionSet();
        second.Add(2, 6);

        book.Resume(new Dictionary<int, PositionSet> { [1] = first, [2] = second });

        book.CompleteEpochs.ShouldBe(1);
        Take(book, "a", 9)!.Stretch.ShouldBe(new LeasePart(2, 0, 2));
        Take(book, "a", 9)!.Stretch.ShouldBe(new LeasePart(2, 6, 4));
        Take(book, "a", 9)!.Stretch.ShouldBe(new LeasePart(3, 0, 9));
    }

    [Theory, InlineData(60, false), InlineData(61, true)]
    public void A_lease_expires_after_its_timeout_without_progress(int seconds, bool expires)
    {
        var book = new LeaseBook(samples: 4, epochs: 1);
        Take(book, "a", 4);

        book.Expire(Noon + TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(60), round: 1)
            .Count.ShouldBe(expires ? 1 : 0);
        book.Settle(round: 1, Applied());

        (Take(book, "b", 4) is not null).ShouldBe(expires);
    }

    [Fact]
    public void Progress_renews_a_lease()
    {
        var book = new LeaseBook(samples: 4, epochs: 1);
        Take(book, "a", 4);
        book.Renew("a", Noon + TimeSpan.FromSeconds(50));

        book.Expire(Noon + TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(60), round: 1).ShouldBeEmpty();
    }

    [Fact]
    public void However_leases_end_every_position_is_done_and_none_is_lost() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 3], Gen.Select(Gen.Int[1, 50], Gen.Int[0, 4]).Array[300])
            .Sample(
                (samples, epochs, fates) =>
                {
                    var book = new LeaseBook(samples, epochs);
                    var applied = Enumerable.Range(1, epochs).ToDictionary(epoch => epoch, _ => new PositionSet());
                    var round = 0L;
                    foreach (var (size, fate) in fates.Concat(Enumerable.Repeat((50, 4), 10 * samples * epochs)))
                    {
                        book.Settle(++round, applied);
                        if (Take(book, "w", size) is not { } lease)
                            break;
                        var stretch = lease.Stretch;
                        var half = stretch.Count / 2;
                        // 0: lost with nothing done. 1: lost after a half. 2: all refused. 3: a half given back. 4:
                        // done.
                        if (fate is 1 or 3)
                            Apply(stretch with { Count = half });
                        if (fate is 4)
                            Apply(stretch);
                        if (fate < 2)
                            book.TakeBack("w", round + 1);
                        else
                            book.End(
                                lease.Id,
                                fate switch
                                {
                                    2 => [stretch],
                                    3 when half < stretch.Count =>
                                    [
                                        stretch with
                                        {
                                            Start = stretch.Start + half,
                                            Count = stretch.Count - half,
                                        },
                                    ],
                                    _ => [],
                                },
                                round + 1
                            );
                    }
                    book.Complete.ShouldBeTrue();
                    applied.Values.ShouldAllBe(epoch => epoch.Count == samples);

                    void Apply(LeasePart part)
                    {
                        applied[part.Epoch]
                            .OverlapWith(part.Start, part.End)
                            .ShouldBe(Overlap.None, "a position was handed out that was done");
                        applied[part.Epoch].Add(part.Start, part.End);
                    }
                }
            );

    private static Lease? Take(LeaseBook book, string holder, int size) =>
        book
            .Offers.Where(offer => offer.Samples > 0)
            .Select(offer => book.Take(holder, offer.Epoch, size, microBatch: 1, Noon))
            .FirstOrDefault();

    private static Dictionary<int, PositionSet> Applied(params (int Start, int End)[] stretches)
    {
        var set = new PositionSet();
        foreach (var (start, end) in stretches)
            set.Add(start, end);
        return new Dictionary<int, PositionSet> { [1] = set };
    }
}
