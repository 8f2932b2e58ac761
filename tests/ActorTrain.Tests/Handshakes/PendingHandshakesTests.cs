using ActorTrain.Handshakes;
using CsCheck;

namespace ActorTrain.Tests.Handshakes;

public sealed class PendingHandshakesTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_connection_beyond_the_limit_displaces_the_oldest()
    {
        var pending = new PendingHandshakes<string>(atOnce: 2, Timeout);
        pending.Add("first", "a", "", default).ShouldBeNull();
        pending.Add("second", "a", "", default).ShouldBeNull();
        pending.Add("third", "a", "", default)!.Connection.ShouldBe("first");
        pending.Count.ShouldBe(2);
    }

    [Fact]
    public void A_flood_displaces_its_own_connections_first()
    {
        var pending = new PendingHandshakes<string>(atOnce: 3, Timeout);
        pending.Add("peer", "b", "", default);
        pending.Add("flood 1", "a", "", default);
        pending.Add("flood 2", "a", "", default);
        pending.Add("flood 3", "a", "", default)!.Connection.ShouldBe("flood 1");
        pending.Add("another peer", "c", "", default)!.Connection.ShouldBe("flood 2");
        pending.Remove("peer").ShouldNotBeNull();
    }

    [Fact]
    public void A_completed_handshake_frees_its_place_once()
    {
        var pending = new PendingHandshakes<string>(atOnce: 1, Timeout);
        pending.Add("first", "a", "", default);
        pending.Remove("first")!.Connection.ShouldBe("first");
        pending.Remove("first").ShouldBeNull();
        pending.Add("second", "a", "", default).ShouldBeNull();
    }

    [Fact]
    public void A_connection_is_overdue_at_its_deadline_and_not_before()
    {
        var pending = new PendingHandshakes<string>(atOnce: 2, Timeout);
        var start = TimeSpan.FromSeconds(100);
        pending.Add("first", "a", "", start);
        pending.Add("second", "a", "", start + TimeSpan.FromSeconds(1));
        pending.NextDeadline.ShouldBe(start + Timeout);
        pending.RemoveOverdue(start + Timeout - TimeSpan.FromTicks(1)).ShouldBeNull();
        pending.RemoveOverdue(start + Timeout)!.Connection.ShouldBe("first");
        pending.RemoveOverdue(start + Timeout).ShouldBeNull();
        pending.NextDeadline.ShouldBe(start + Timeout + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_limit_holds_and_no_connection_is_lost_whatever_the_order() =>
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
                            pending.Remove(there[^1]).ShouldNotBeNull();
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
