using ActorTrain.Handshakes;

namespace ActorTrain.Tests.Handshakes;

public sealed class RefusedConnectionsTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(100);
    private readonly RefusedConnections _refused = new();

    [Fact]
    public void The_first_is_told_at_once_and_what_follows_in_a_sum()
    {
        _refused.Add(ConnectionRefusal.Overdue, "one");
        _refused.Due(Start).ShouldBe(["one"]);
        for (var i = 0; i < 5999; i++) _refused.Add(ConnectionRefusal.Overdue, $"number {i}");
        _refused.Due(Start + RefusedConnections.Interval - TimeSpan.FromTicks(1)).ShouldBeEmpty();
        _refused.NextDue.ShouldBe(Start + RefusedConnections.Interval);
        _refused.Due(Start + RefusedConnections.Interval)
            .ShouldBe(["number 5998 (5,999 times since the last word about it)"]);
    }

    [Fact]
    public void Nothing_is_told_twice()
    {
        _refused.Add(ConnectionRefusal.Wrong, "one");
        _refused.Due(Start).Count.ShouldBe(1);
        _refused.Due(Start + 2 * RefusedConnections.Interval).ShouldBeEmpty();
        _refused.NextDue.ShouldBeNull();
    }

    [Fact]
    public void Each_kind_has_its_own_first()
    {
        _refused.Add(ConnectionRefusal.Overdue, "late");
        _refused.Due(Start).ShouldBe(["late"]);
        _refused.Add(ConnectionRefusal.Displaced, "too many");
        _refused.Add(ConnectionRefusal.Overdue, "late again");
        _refused.Due(Start).ShouldBe(["too many"]);
    }

    [Fact]
    public void One_that_is_told_late_has_no_number()
    {
        _refused.Add(ConnectionRefusal.Wrong, "one");
        _refused.Due(Start);
        _refused.Add(ConnectionRefusal.Wrong, "another");
        _refused.Due(Start + RefusedConnections.Interval).ShouldBe(["another"]);
    }
}
