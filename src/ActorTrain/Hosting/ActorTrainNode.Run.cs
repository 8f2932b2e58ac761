using ActorTrain.CommandLine;
using ActorTrain.Worker;

namespace ActorTrain.Hosting;

/// <content>A program of one's own, with the verbs of the command line.</content>
public sealed partial class ActorTrainNode
{
    /// <summary>
    /// Runs a program by its arguments: <c>seed</c> and <c>worker</c> make it a node of a cluster, <c>local</c> a whole
    /// cluster of its own processes, <c>demo</c> one within this process; <c>train</c>, <c>status</c> and <c>set</c>
    /// speak to a cluster that runs. What they may be told is what <c>--help</c> says.
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="engines">Makes the engines of its workers.</param>
    /// <param name="options">How its jobs differ from reference.conf: HOCON, as it would stand inside <c>actortrain.job
    /// { }</c>, such as <c>epochs = 3, optimizer.name = adam</c>.</param>
    /// <returns>
    /// The exit code: 0 finished, 1 failed or not to be trusted, 2 something that the user gave cannot be used, 3
    /// stopped by a signal before the end. Errors have been written, in one line each.
    /// </returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, IEngineFactory engines, string options = "") =>
        RunAsync(args, new NodeProgram((_, _) => engines) { Options = options });

    /// <summary>
    /// Runs a program by its arguments, as <see cref="RunAsync(IReadOnlyList{string}, IEngineFactory, string)"/> does,
    /// with more to say about it.
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="program">What it trains, and by what.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, NodeProgram program) =>
        Invocation.RunAsync(args, program, Terminal.OfThisProcess(program.Name));
}
