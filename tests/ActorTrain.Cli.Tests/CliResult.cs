using System.CommandLine;
using ActorTrain.CommandLine;
using ActorTrain.Hosting;

namespace ActorTrain.Cli.Tests;

/// <summary>The result of the command, run in this process.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public static Task<CliResult> Run(params string[] args) =>
        RunProgram(CatalogueProgram.Create(), args, CatalogueProgram.Verbs);

    /// <summary>Runs another program in this process.</summary>
    public static Task<CliResult> RunProgram(NodeProgram program, params string[] args) =>
        RunProgram(program, args, verbs: []);

    private static async Task<CliResult> RunProgram(
        NodeProgram program,
        string[] args,
        IReadOnlyList<Func<Terminal, NodeProgram, Command>> verbs
    )
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await Invocation.RunAsync(
            args,
            program,
            new Terminal(program.Name, output, error, IsInteractive: false),
            verbs
        );
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Asserts one line about a wrong input, and nothing else.</summary>
    public void ShouldRefuse(string sentence)
    {
        Error.ShouldBe("actortrain: " + sentence + Environment.NewLine);
        ExitCode.ShouldBe(2);
        Output.ShouldBeEmpty();
    }
}
