using ActorTrain.Handshakes;
using ActorTrain.Sentences;

namespace ActorTrain.Tests.Sentences;

public sealed class RepeatedLinesTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(100);
    private readonly RepeatedLines<ConnectionRefusal, string> _refused = new();

    [Fact]
    public void The_first_is_logged_at_once_and_later_ones_as_a_count()
    {
        _refused.Add(ConnectionRefusal.Overdue, "one");
        Due(Start).ShouldBe(["one"]);
        for (var i = 0; i < 5999; i++)
            _refused.Add(ConnectionRefusal.Overdue, $"number {i}");
        _refused.Due(Start + RepeatedLines<ConnectionRefusal, string>.Interval - TimeSpan.FromTicks(1)).ShouldBeEmpty();
        _refused.NextDue.ShouldBe(Start + RepeatedLines<ConnectionRefusal, string>.Interval);
        Due(Start + RepeatedLines<ConnectionRefusal, string>.Interval).ShouldBe(["number 5998, 5999 times"]);
    }

    [Fact]
    public void Nothing_is_logged_twice()
    {
        _refused.Add(ConnectionRefusal.Wrong, "one");
        _refused.Due(Start).Count.ShouldBe(1);
        _refused.Due(Start + 2 * RepeatedLines<ConnectionRefusal, string>.Interval).ShouldBeEmpty();
        _refused.NextDue.ShouldBeNull();
    }

    [Fact]
    public void The_first_of_each_kind_is_logged_at_once()
    {
        _refused.Add(ConnectionRefusal.Overdue, "late");
        Due(Start).ShouldBe(["late"]);
        _refused.Add(ConnectionRefusal.Displaced, "too many");
        _refused.Add(ConnectionRefusal.Overdue, "late again");
        Due(Start).ShouldBe(["too many"]);
    }

    [Fact]
    public void A_single_late_one_is_logged_without_a_count()
    {
        _refused.Add(ConnectionRefusal.Wrong, "one");
        _refused.Due(Start);
        _refused.Add(ConnectionRefusal.Wrong, "another");
        Due(Start + RepeatedLines<ConnectionRefusal, string>.Interval).ShouldBe(["another"]);
    }

    [Fact]
    public void Frequent_ones_are_logged_as_counts_and_one_after_a_pause_alone()
    {
        Add(0).ShouldBe(["Refused"]);
        Add(1).ShouldBeEmpty();
        Add(29).ShouldBeEmpty();
        Add(30).ShouldBe(["Refused, 3 times"]);
        Add(60).ShouldBe(["Refused"]);
    }

    private IEnumerable<string> Due(TimeSpan now) =>
        _refused.Due(now).Select(line => line.Times == 1 ? line.Latest : $"{line.Latest}, {line.Times} times");

    private IEnumerable<string> Add(int seconds)
    {
        _refused.Add(ConnectionRefusal.Wrong, "Refused");
        return Due(Start + TimeSpan.FromSeconds(seconds)).ToList();
    }
}
