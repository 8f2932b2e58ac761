using System.CommandLine;
using ActorTrain.Engines;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine;

/// <summary>
/// Your own program, with the verbs of the command line: <c>seed</c> and <c>worker</c> run it as a node of a cluster,
/// <c>local</c> as a whole cluster of its own processes, <c>demo</c> as one within this process; <c>train</c>,
/// <c>status</c>, <c>set</c>, <c>pause</c>, <c>resume</c> and <c>cancel</c> connect to a running cluster. <c>--help</c>
/// lists all options.
/// </summary>
public static class ActorTrainProgram
{
    /// <summary>Runs the program by its arguments.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="program">What it trains, and with which engines.</param>
    /// <returns>
    /// The exit code: 0 finished, 1 failed or not to be trusted, 2 unusable input, 3 canceled before the end. Errors
    /// have been written, in one line each.
    /// </returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, NodeProgram program) =>
        RunAsync(args, program, verbs: []);

    /// <summary>Runs a program whose workers compute with engines of its own.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="engines">Creates the engines of its workers.</param>
    /// <param name="options">Job settings that differ from reference.conf: HOCON, as inside <c>actortrain.job { }</c>,
    /// such as <c>epochs = 3, optimizer.name = adam</c>.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, IEngineFactory engines, string options = "") =>
        RunAsync(args, new NodeProgram((_, _) => engines) { Options = options });

    /// <summary>Runs a program that has verbs of its own.</summary>
    internal static Task<int> RunAsync(
        IReadOnlyList<string> args,
        NodeProgram program,
        params IReadOnlyList<Func<Terminal, NodeProgram, Command>> verbs
    ) => Invocation.RunAsync(args, program, Terminal.ForThisProcess(program.Name), verbs);
}
