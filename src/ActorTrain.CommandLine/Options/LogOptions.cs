using System.CommandLine;
using ActorTrain.CommandLine.Logging;
using ActorTrain.CommandLine.Running;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Options;

/// <summary>What a verb's nodes log, and where.</summary>
internal sealed class LogOptions
{
    private readonly string _program;

    public LogOptions(Command command, string program)
    {
        _program = program;
        command.Add(File);
        command.Add(Verbose);
    }

    /// <summary>The log file. One option object for all verbs, so that an error of any verb finds it.</summary>
    public static Option<string?> File { get; } =
        OptionText.Create("--log", "FILE", "Also append the nodes' log to a file, from INFO and with traces.");

    /// <summary>Shows the log, with traces.</summary>
    public static Option<bool> Verbose { get; } =
        new("--verbose") { Description = "Show the nodes' log, from INFO and with traces." };

    /// <summary>A node's configuration, with the logging settings added.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="node">The node's configuration.</param>
    /// <param name="withClient">See <see cref="LogSettings.WithClient"/>.</param>
    public Config Configure(ParseResult parsed, Config node, bool withClient = false)
    {
        var file = parsed.GetValue(File);
        if (file is not null)
            OutputFile.Check(file, File.Name);
        return NodeLogging
            .Configuration(new LogSettings(_program, file, parsed.GetValue(Verbose), withClient))
            .WithFallback(node);
    }
}
