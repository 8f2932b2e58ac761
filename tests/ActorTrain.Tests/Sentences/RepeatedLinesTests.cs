using ActorTrain.Handshakes;
using ActorTrain.Sentences;

namespace ActorTrain.Tests.Sentences;

public sealed class RepeatedLinesTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(100);
    private readonly RepeatedLines<ConnectionRefusal> _refused = new();

    [Fact]
    public void The_first_is_logged_at_once_and_later_ones_as_a_count()
    {
        _refused.Add(ConnectionRefusal.Overdue, "one");
        _refused.Due(Start).ShouldBe(["one"]);
        for (var i = 0; i < 5999; i++)
            _refused.Add(ConnectionRefusal.Overdue, $"number {i}");
        _refused.Due(Start + RepeatedLines<ConnectionRefusal>.Interval - TimeSpan.FromTicks(1)).ShouldBeEmpty();
        _refused.NextDue.ShouldBe(Start + RepeatedLines<ConnectionRefusal>.Interval);
        _refused
            .Due(Start + RepeatedLines<ConnectionRefusal>.Interval)
            .ShouldBe(["number 5998 (5,999 times since the last message about it)"]);
    }

    [Fact]
    public void Nothing_is_logged_twice()
    {
        _refused.Add(ConnectionRefusal.Wrong, "one");
        _refused.Due(Start).Count.ShouldBe(1);
        _refused.Due(Start + 2 * RepeatedLines<ConnectionRefusal>.Interval).ShouldBeEmpty();
        _refused.NextDue.ShouldBeNull();
    }

    [Fact]
    public void The_first_of_each_kind_is_logged_at_once()
    {
        _refused.Add(ConnectionRefusal.Overdue, "late");
        _refused.Due(Start).ShouldBe(["late"]);
        _refused.Add(ConnectionRefusal.Displaced, "too many");
        _refused.Add(ConnectionRefusal.Overdue, "late again");
        _refused.Due(Start).ShouldBe(["too many"]);
    }

    [Fact]
    public void A_single_late_one_is_logged_without_a_count()
    {
        _refused.Add(ConnectionRefusal.Wrong, "one");
        _refused.Due(Start);
        _refused.Add(ConnectionRefusal.Wrong, "another");
        _refused.Due(Start + RepeatedLines<ConnectionRefusal>.Interval).ShouldBe(["another"]);
    }

    [Fact]
    public void Frequent_ones_are_logged_as_counts_and_one_after_a_pause_alone()
    {
        Add(0).ShouldBe(["Refused"]);
        Add(1).ShouldBeEmpty();
        Add(29).ShouldBeEmpty();
        Add(30).ShouldBe(["Refused (3 times since the last message about it)"]);
        Add(60).ShouldBe(["Refused"]);
    }

    private IReadOnlyList<string> Add(int seconds)
    {
        _refused.Add(ConnectionRefusal.Wrong, "Refused");
        return _refused.Due(Start + TimeSpan.FromSeconds(seconds));
    }
}
