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
    public void The_time_of_an_entry_is_converted_to_the_zone()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(5.5), "east", "east");
        var entry = new Info(Path, GetType(), "ready");

        var time = LogLine.LocalTime(entry, zone);

        time.Offset.ShouldBe(TimeSpan.FromHours(5.5));
        time.UtcTicks.ShouldBe(entry.Timestamp.Ticks);
    }

    [Fact]
    public void A_crash_is_one_line_on_the_console_with_how_to_get_its_trace()
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
    public void The_lines_of_a_trace_are_recognized_as_part_of_their_entry()
    {
        var lines = LogLine.Full(Crash, Morning).Split(Environment.NewLine);

        lines.Length.ShouldBeGreaterThan(1);
        LogLine.Begins(lines[0]).ShouldBeTrue();
        lines[0].ShouldEndWith("failed: InvalidOperationException: the table is gone");
        lines.Skip(1).ShouldAllBe(line => LogLine.Continues(line));
        lines.Skip(1).ShouldAllBe(line => !LogLine.Begins(line));
        lines.ShouldContain(line => line.Contains("at ActorTrain.Cli.Tests", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mine: Port 4053 is in use."), InlineData(""), InlineData("Unhandled exception. System.Exception: no")]
    [InlineData("2026-11-26 was a Thursday, and 03:18 was early")]
    public void Other_lines_are_no_log_entries(string line) => LogLine.Begins(line).ShouldBeFalse();

    [Fact]
    public void A_line_of_another_process_names_its_writer() =>
        LogLine
            .AddWriter("worker 2", "2026-11-26T03:18:39.123+01:00 mine: error: no")
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
