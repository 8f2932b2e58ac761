using ActorTrain.CommandLine.Running;

namespace ActorTrain.Cli.Tests.Running;

public sealed class ErrorLinesTests
{
    [Fact]
    public void The_error_of_an_orderly_end_is_the_last_line_without_the_program_name() =>
        ErrorFrom("mine: a warning", "mine: Port 4053 on 127.0.0.1 is in use.", "")
            .ShouldBe("Port 4053 on 127.0.0.1 is in use.");

    [Fact]
    public void A_process_that_wrote_nothing_has_no_error() => ErrorFrom().ShouldBeNull();

    [Fact]
    public void The_error_of_an_unhandled_exception_is_its_type_and_message() =>
        ErrorFrom(
                "mine: a warning",
                "Unhandled exception. System.InvalidOperationException: the licence has expired.",
                "   at Program.<Main>$(String[] args) in Program.cs:line 12",
                "   at Program.<Main>(String[] args)"
            )
            .ShouldBe("InvalidOperationException: the licence has expired");

    [Fact]
    public void A_message_of_several_lines_is_kept_whole() =>
        ErrorFrom(
                "Unhandled exception. System.DllNotFoundException: Unable to load shared library 'lib':",
                "lib.so: cannot open shared object file",
                "   at Program.Load()"
            )
            .ShouldBe(
                "DllNotFoundException: Unable to load shared library 'lib': lib.so: cannot open shared object file"
            );

    [Fact]
    public void The_error_of_a_wrapper_exception_is_its_inner_exception() =>
        ErrorFrom(
                "Unhandled exception. System.TypeInitializationException: The type initializer for 'Settings' threw "
                    + "an exception.",
                " ---> System.IO.FileNotFoundException: Could not find file '/etc/mine.json'.",
                "   at Settings..cctor()",
                "   --- End of inner exception stack trace ---",
                "   at Program.<Main>(String[] args)"
            )
            .ShouldBe("FileNotFoundException: Could not find file '/etc/mine.json'");

    [Fact]
    public void Other_inner_exceptions_are_left_to_the_trace() =>
        ErrorFrom(
                "Unhandled exception. Mine.TableException: the table is gone",
                " ---> System.IO.IOException: broken pipe",
                "   --- End of inner exception stack trace ---",
                "   at Program.<Main>(String[] args)"
            )
            .ShouldBe("TableException: the table is gone");

    [Fact]
    public void The_error_of_an_exception_without_a_message_is_its_type() =>
        ErrorFrom("Unhandled exception. Mine.TableException", "   at Program.<Main>(String[] args)")
            .ShouldBe("TableException");

    private static string? ErrorFrom(params string[] lines)
    {
        var errors = new ErrorLines("mine");
        foreach (var line in lines)
            errors.Add(line);
        return errors.Error;
    }
}
