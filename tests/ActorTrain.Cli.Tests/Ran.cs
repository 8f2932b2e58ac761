using ActorTrain.CommandLine;
using ActorTrain.Hosting;

namespace ActorTrain.Cli.Tests;

/// <summary>The command, run in this process, and what came of it.</summary>
internal sealed record Ran(int ExitCode, string Output, string Error)
{
    public static Task<Ran> Command(params string[] args) => Program(CatalogueProgram.Create(), args);

    /// <summary>Another program, run in this process.</summary>
    public static async Task<Ran> Program(NodeProgram program, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await Invocation.RunAsync(
            args,
            program,
            new Terminal(program.Name, output, error, IsInteractive: false)
        );
        return new Ran(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>One line about a wrong input, and nothing else.</summary>
    public void ShouldRefuse(string sentence)
    {
        Error.ShouldBe("actortrain: " + sentence + Environment.NewLine);
        ExitCode.ShouldBe(2);
        Output.ShouldBeEmpty();
    }
}
