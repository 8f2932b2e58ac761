using ActorTrain.Leases;
using CsCheck;

namespace ActorTrain.Tests.Leases;

public sealed class LeaseTableTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);

    [Fact]
    public void Every_position_of_every_epoch_is_granted_in_order()
    {
        var table = new LeaseTable(samples: 10, epochs: 2);

        var ranges = new List<(int, int, int)>();
        while (Take(table, "a", 4) is { } lease)
            ranges.Add((lease.Range.Epoch, lease.Range.Start, lease.Range.Count));

        ranges.ShouldBe([(1, 0, 4), (1, 4, 4), (1, 8, 2), (2, 0, 4), (2, 4, 4), (2, 8, 2)]);
        table.Offers.ShouldBeEmpty();
    }

    [Fact]
    public void The_rest_of_an_epoch_and_the_next_are_offered()
    {
        var table = new LeaseTable(samples: 10, epochs: 3);
        Take(table, "a", 4);
        table.Offers.ShouldBe([(1, 6), (2, 10)]);
    }

    [Fact]
    public void A_lease_of_the_next_epoch_leaves_the_end_of_this_one_to_others()
    {
        var table = new LeaseTable(samples: 10, epochs: 2);
        Take(table, "fast", 8);

        table.Take("weak", epoch: 2, size: 5, microBatch: 1, Noon)!.Range.ShouldBe(new SampleRange(2, 0, 5));

        table.Offers.ShouldBe([(1, 2), (2, 5)]);
        Take(table, "fast", 8)!.Range.ShouldBe(new SampleRange(1, 8, 2));
    }

    [Fact]
    public void An_epoch_is_complete_when_its_last_lease_has_ended_not_when_it_is_granted()
    {
        var table = new LeaseTable(samples: 8, epochs: 1);
        var (first, second) = (Take(table, "a", 4)!, Take(table, "b", 4)!);

        table.End(second.Id, [], round: 1);
        table.CompleteEpochs.ShouldBe(0);
        table.End(first.Id, [], round: 1);

        table.CompleteEpochs.ShouldBe(1);
        table.Complete.ShouldBeTrue();
    }

    [Fact]
    public void Undone_parts_are_in_doubt_until_the_shards_have_reported_and_are_then_granted_again()
    {
        var table = new LeaseTable(samples: 8, epochs: 1);
        var lease = Take(table, "a", 8)!;

        table.End(lease.Id, [new SampleRange(1, 2, 2), new SampleRange(1, 6, 2)], round: 5);
        Take(table, "b", 8).ShouldBeNull();
        table.Settle(round: 4, Applied());
        Take(table, "b", 8).ShouldBeNull("the counts are older than the doubt");
        table.Settle(round: 5, Applied());

        Take(table, "b", 8)!.Range.ShouldBe(new SampleRange(1, 2, 2));
        Take(table, "b", 8)!.Range.ShouldBe(new SampleRange(1, 6, 2));
        Take(table, "b", 8).ShouldBeNull();
    }

    [Fact]
    public void A_lease_on_returned_samples_does_not_cross_a_shards_cut()
    {
        var table = new LeaseTable(samples: 128, epochs: 1);
        Take(table, "a", 128);
        table.TakeBack("a", round: 1);

        // One shard has applied the first half, the other the second: neither is applied everywhere.
        table.Settle(round: 1, Applied(), new Dictionary<int, SortedSet<int>> { [1] = [0, 64, 128] });

        Take(table, "b", 96)!.Range.ShouldBe(new SampleRange(1, 0, 64));
        Take(table, "b", 96)!.Range.ShouldBe(new SampleRange(1, 64, 64));
    }

    [Fact]
    public void Samples_that_a_lost_holder_had_pushed_are_not_granted_again()
    {
        var table = new LeaseTable(samples: 8, epochs: 1);
        Take(table, "a", 8);

        table.TakeBack("a", round: 1).ShouldBe(8);
        table.Settle(round: 1, Applied((0, 3), (5, 6)));

        Take(table, "b", 8)!.Range.ShouldBe(new SampleRange(1, 3, 2));
        Take(table, "b", 8)!.Range.ShouldBe(new SampleRange(1, 6, 2));
    }

    [Fact]
    public void A_lost_holders_late_message_changes_nothing()
    {
        var table = new LeaseTable(samples: 4, epochs: 1);
        var lost = Take(table, "a", 4)!;
        table.TakeBack("a", round: 1);
        table.Settle(round: 1, Applied());
        var again = Take(table, "b", 4)!;

        table.End(lost.Id, [], round: 2).ShouldBeNull();
        table.Complete.ShouldBeFalse();
        table.End(again.Id, [], round: 2)!.Lease.ShouldBe(again);
        table.Complete.ShouldBeTrue();
    }

    [Fact]
    public void Repeated_samples_are_done_when_the_first_holder_ends()
    {
        var table = new LeaseTable(samples: 8, epochs: 1);
        var slow = Take(table, "slow", 8)!;
        var repeat = table.Repeat(table.Grants.Single(), "strong", new SampleRange(1, 4, 4), Noon);

        table.End(repeat.Id, [], round: 1);
        table.OpenPartsOf(table.Grants.Single()).ShouldBe([new SampleRange(1, 0, 4)]);
        table.End(slow.Id, [], round: 1);

        table.Complete.ShouldBeTrue();
    }

    [Fact]
    public void Samples_that_two_hold_are_granted_again_after_both_have_given_them_back()
    {
        var table = new LeaseTable(samples: 8, epochs: 1);
        Take(table, "slow", 8);
        table.Repeat(table.Grants.Single(), "strong", new SampleRange(1, 4, 4), Noon);

        table.TakeBack("slow", round: 1);
        table.Settle(round: 1, Applied());
        Take(table, "third", 8)!.Range.ShouldBe(new SampleRange(1, 0, 4));
        Take(table, "third", 8).ShouldBeNull();
        table.TakeBack("strong", round: 2);
        table.Settle(round: 2, Applied());

        Take(table, "third", 8)!.Range.ShouldBe(new SampleRange(1, 4, 4));
    }

    [Fact]
    public void A_resumed_table_grants_what_the_shards_have_not_applied()
    {
        var table = new LeaseTable(samples: 10, epochs: 3);
        var first = new PositionSet();
        first.Add(0, 10);
        var second = new PositionSet();
        second.Add(2, 6);

        table.Adopt(new Dictionary<int, PositionSet> { [1] = first, [2] = second });

        table.CompleteEpochs.ShouldBe(1);
        Take(table, "a", 9)!.Range.ShouldBe(new SampleRange(2, 0, 2));
        Take(table, "a", 9)!.Range.ShouldBe(new SampleRange(2, 6, 4));
        Take(table, "a", 9)!.Range.ShouldBe(new SampleRange(3, 0, 9));
    }

    [Theory, InlineData(60, false), InlineData(61, true)]
    public void A_lease_expires_after_its_timeout_without_progress(int seconds, bool expires)
    {
        var table = new LeaseTable(samples: 4, epochs: 1);
        Take(table, "a", 4);

        table
            .Expire(Noon + TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(60), round: 1)
            .Count.ShouldBe(expires ? 1 : 0);
        table.Settle(round: 1, Applied());

        (Take(table, "b", 4) is not null).ShouldBe(expires);
    }

    [Fact]
    public void Progress_renews_a_lease()
    {
        var table = new LeaseTable(samples: 4, epochs: 1);
        Take(table, "a", 4);
        table.Renew("a", Noon + TimeSpan.FromSeconds(50));

        table.Expire(Noon + TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(60), round: 1).ShouldBeEmpty();
    }

    [Fact]
    public void Every_position_is_done_once_however_leases_end() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 3], Gen.Select(Gen.Int[1, 50], Gen.Int[0, 4]).Array[300])
            .Sample(
                (samples, epochs, fates) =>
                {
                    var table = new LeaseTable(samples, epochs);
                    var applied = Enumerable.Range(1, epochs).ToDictionary(epoch => epoch, _ => new PositionSet());
                    var round = 0L;
                    foreach (var (size, fate) in fates.Concat(Enumerable.Repeat((50, 4), 10 * samples * epochs)))
                    {
                        table.Settle(++round, applied);
                        if (Take(table, "w", size) is not { } lease)
                            break;
                        var range = lease.Range;
                        var half = range.Count / 2;
                        // 0: lost with nothing done. 1: lost after a half. 2: all refused. 3: a half given back. 4:
                        // done.
                        if (fate is 1 or 3)
                            Apply(range with { Count = half });
                        if (fate is 4)
                            Apply(range);
                        if (fate < 2)
                            table.TakeBack("w", round + 1);
                        else
                            table.End(
                                lease.Id,
                                fate switch
                                {
                                    2 => [range],
                                    3 when half < range.Count =>
                                    [
                                        range with
                                        {
                                            Start = range.Start + half,
                                            Count = range.Count - half,
                                        },
                                    ],
                                    _ => [],
                                },
                                round + 1
                            );
                    }
                    table.Complete.ShouldBeTrue();
                    applied.Values.ShouldAllBe(epoch => epoch.Count == samples);

                    void Apply(SampleRange part)
                    {
                        applied[part.Epoch]
                            .OverlapWith(part.Start, part.End)
                            .ShouldBe(Overlap.None, "a position was granted that was done");
                        applied[part.Epoch].Add(part.Start, part.End);
                    }
                }
            );

    private static Lease? Take(LeaseTable table, string holder, int size) =>
        table
            .Offers.Where(offer => offer.Samples > 0)
            .Select(offer => table.Take(holder, offer.Epoch, size, microBatch: 1, Noon))
            .FirstOrDefault();

    private static Dictionary<int, PositionSet> Applied(params (int Start, int End)[] ranges)
    {
        var set = new PositionSet();
        foreach (var (start, end) in ranges)
            set.Add(start, end);
        return new Dictionary<int, PositionSet> { [1] = set };
    }
}
