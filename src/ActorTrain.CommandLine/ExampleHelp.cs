using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ActorTrain.CommandLine;

/// <summary>The help of a verb, with examples and exit codes below it.</summary>
internal sealed class ExampleHelp(SynchronousCommandLineAction help, IReadOnlyList<string> examples)
    : SynchronousCommandLineAction
{
    /// <summary>Help is shown even if the rest of the command line is wrong.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives a command its help option with examples.</summary>
    public static void AddTo(Command command, params IReadOnlyList<string> examples)
    {
        var option = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (option is null)
            command.Add(option = new HelpOption());
        option.Action = new ExampleHelp((SynchronousCommandLineAction)option.Action!, examples);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in examples)
            output.WriteLine("  " + example);
        output.WriteLine();
        output.WriteLine("Exit codes:");
        foreach (var code in ExitCodes.Table)
            output.WriteLine("  " + code);
        output.WriteLine();
        return exitCode;
    }
}
