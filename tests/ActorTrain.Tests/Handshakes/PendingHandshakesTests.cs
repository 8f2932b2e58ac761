using ActorTrain.Handshakes;
using CsCheck;

namespace ActorTrain.Tests.Handshakes;

public sealed class PendingHandshakesTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    [Fact]
    public void As_many_as_may_be_there_stay_and_one_more_displaces_the_oldest()
    {
        var pending = new PendingHandshakes<string>(atOnce: 2, Timeout);
        pending.Add("first", "a", "", default).ShouldBeNull();
        pending.Add("second", "a", "", default).ShouldBeNull();
        pending.Add("third", "a", "", default)!.Connection.ShouldBe("first");
        pending.Count.ShouldBe(2);
    }

    [Fact]
    public void A_flood_displaces_itself_before_others()
    {
        var pending = new PendingHandshakes<string>(atOnce: 3, Timeout);
        pending.Add("peer", "b", "", default);
        pending.Add("flood 1", "a", "", default);
        pending.Add("flood 2", "a", "", default);
        pending.Add("flood 3", "a", "", default)!.Connection.ShouldBe("flood 1");
        pending.Add("another peer", "c", "", default)!.Connection.ShouldBe("flood 2");
        pending.Take("peer").ShouldNotBeNull();
    }

    [Fact]
    public void What_has_said_who_it_is_makes_room_and_is_there_once()
    {
        var pending = new PendingHandshakes<string>(atOnce: 1, Timeout);
        pending.Add("first", "a", "", default);
        pending.Take("first")!.Connection.ShouldBe("first");
        pending.Take("first").ShouldBeNull();
        pending.Add("second", "a", "", default).ShouldBeNull();
    }

    [Fact]
    public void A_connection_is_overdue_when_its_time_is_over_and_not_before()
    {
        var pending = new PendingHandshakes<string>(atOnce: 2, Timeout);
        var start = TimeSpan.FromSeconds(100);
        pending.Add("first", "a", "", start);
        pending.Add("second", "a", "", start + TimeSpan.FromSeconds(1));
        pending.NextDeadline.ShouldBe(start + Timeout);
        pending.TakeOverdue(start + Timeout - TimeSpan.FromTicks(1)).ShouldBeNull();
        pending.TakeOverdue(start + Timeout)!.Connection.ShouldBe("first");
        pending.TakeOverdue(start + Timeout).ShouldBeNull();
        pending.NextDeadline.ShouldBe(start + Timeout + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Whatever_comes_and_goes_the_bound_is_kept_and_nothing_is_lost() =>
        Gen.Select(Gen.Int[1, 8], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2]).Array[0, 60])
            .Sample(
                (atOnce, steps) =>
                {
                    var pending = new PendingHandshakes<object>(atOnce, Timeout);
                    var there = new List<object>();
                    foreach (var (what, origin) in steps)
                    {
                        if (what == 0 && there.Count > 0)
                        {
                            pending.Take(there[^1]).ShouldNotBeNull();
                            there.RemoveAt(there.Count - 1);
                            continue;
                        }
                        var connection = new object();
                        there.Add(connection);
                        if (pending.Add(connection, $"{origin}", "", default) is { } displaced)
                        {
                            displaced.Connection.ShouldNotBeSameAs(connection);
                            there.Remove(displaced.Connection).ShouldBeTrue();
                        }
                        pending.Count.ShouldBe(there.Count);
                        pending.Count.ShouldBeLessThanOrEqualTo(atOnce);
                    }
                }
            );
}
