using ActorTrain.CommandLine.Logging;
using Akka.Event;

namespace ActorTrain.Cli.Tests.Logging;

public sealed class LogLineTests
{
    private const string Path = "akka://actortrain/user/one";
    private static readonly DateTimeOffset Morning = new(2026, 11, 26, 3, 18, 39, 123, TimeSpan.FromHours(1));

    [Fact]
    public void An_entry_begins_with_its_date_time_and_zone() =>
        LogLine
            .Full(new Warning(Path, GetType(), "the disk fills."), Morning)
            .ShouldBe($"2026-11-26T03:18:39.123+01:00 WARNING {Path} the disk fills");

    [Fact]
    public void Akkas_time_is_told_in_the_zone_of_the_machine()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(5.5), "east", "east");
        var entry = new Info(Path, GetType(), "ready");

        var time = LogLine.TimeOf(entry, zone);

        time.Offset.ShouldBe(TimeSpan.FromHours(5.5));
        time.UtcTicks.ShouldBe(entry.Timestamp.Ticks);
    }

    [Fact]
    public void A_crash_is_one_line_for_the_console_which_says_where_its_trace_is_to_be_had()
    {
        LogLine
            .Short(Crash, "mine", Morning, hasTrace: false)
            .ShouldBe(
                $"2026-11-26T03:18:39.123+01:00 mine: error: {Path} failed: InvalidOperationException: the table is "
                    + "gone (--log FILE or --verbose has the trace)"
            );
        LogLine
            .Short(Crash, "mine", Morning, hasTrace: true)
            .ShouldEndWith("InvalidOperationException: the table is gone");
    }

    [Fact]
    public void A_crash_has_its_trace_below_it_where_there_is_room_and_each_of_its_lines_is_known_to_belong_to_it()
    {
        var lines = LogLine.Full(Crash, Morning).Split(Environment.NewLine);

        lines.Length.ShouldBeGreaterThan(1);
        LogLine.Begins(lines[0]).ShouldBeTrue();
        lines[0].ShouldEndWith("failed: InvalidOperationException: the table is gone");
        lines.Skip(1).ShouldAllBe(line => LogLine.GoesOn(line));
        lines.Skip(1).ShouldAllBe(line => !LogLine.Begins(line));
        lines.ShouldContain(line => line.Contains("at ActorTrain.Cli.Tests", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mine: Port 4053 is in use."), InlineData(""), InlineData("Unhandled exception. System.Exception: no")]
    [InlineData("2026-11-26 was a Thursday, and 03:18 was early")]
    public void Other_lines_are_none_of_the_log(string line) => LogLine.Begins(line).ShouldBeFalse();

    [Fact]
    public void A_line_of_another_process_says_whose_it_is() =>
        LogLine
            .By("worker 2", "2026-11-26T03:18:39.123+01:00 mine: error: no")
            .ShouldBe("2026-11-26T03:18:39.123+01:00 worker 2: mine: error: no");

    private static Error Crash
    {
        get
        {
            try
            {
                throw new InvalidOperationException("the table is gone.");
            }
            catch (InvalidOperationException failure)
            {
                return new Error(failure, Path, typeof(LogLineTests), failure.Message);
            }
        }
    }
}
