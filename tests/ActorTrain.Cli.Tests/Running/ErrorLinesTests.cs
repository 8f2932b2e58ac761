using ActorTrain.CommandLine.Running;

namespace ActorTrain.Cli.Tests.Running;

public sealed class ErrorLinesTests
{
    [Fact]
    public void A_process_that_ended_in_order_has_said_why_in_its_last_line_without_its_name() =>
        Of("mine: a warning", "mine: Port 4053 on 127.0.0.1 is in use.", "")
            .ShouldBe("Port 4053 on 127.0.0.1 is in use.");

    [Fact]
    public void A_process_that_has_said_nothing_has_no_error() => Of().ShouldBeNull();

    [Fact]
    public void An_exception_is_told_by_its_type_and_message_and_not_by_the_end_of_its_stack_trace() =>
        Of(
                "mine: a warning",
                "Unhandled exception. System.InvalidOperationException: the licence has expired.",
                "   at Program.<Main>$(String[] args) in Program.cs:line 12",
                "   at Program.<Main>(String[] args)"
            )
            .ShouldBe("InvalidOperationException: the licence has expired");

    [Fact]
    public void A_message_of_more_lines_is_told_whole() =>
        Of(
                "Unhandled exception. System.DllNotFoundException: Unable to load shared library 'lib':",
                "lib.so: cannot open shared object file",
                "   at Program.Load()"
            )
            .ShouldBe(
                "DllNotFoundException: Unable to load shared library 'lib': lib.so: cannot open shared object file"
            );

    [Fact]
    public void An_exception_around_another_that_says_only_where_is_told_by_the_one_within() =>
        Of(
                "Unhandled exception. System.TypeInitializationException: The type initializer for 'Settings' threw "
                    + "an exception.",
                " ---> System.IO.FileNotFoundException: Could not find file '/etc/mine.json'.",
                "   at Settings..cctor()",
                "   --- End of inner exception stack trace ---",
                "   at Program.<Main>(String[] args)"
            )
            .ShouldBe("FileNotFoundException: Could not find file '/etc/mine.json'");

    [Fact]
    public void The_cause_of_an_exception_that_says_enough_is_left_to_the_trace() =>
        Of(
                "Unhandled exception. Mine.TableException: the table is gone",
                " ---> System.IO.IOException: broken pipe",
                "   --- End of inner exception stack trace ---",
                "   at Program.<Main>(String[] args)"
            )
            .ShouldBe("TableException: the table is gone");

    [Fact]
    public void An_exception_without_a_message_is_told_by_its_type() =>
        Of("Unhandled exception. Mine.TableException", "   at Program.<Main>(String[] args)")
            .ShouldBe("TableException");

    private static string? Of(params string[] lines)
    {
        var errors = new ErrorLines("mine");
        foreach (var line in lines)
            errors.Take(line);
        return errors.Error;
    }
}
