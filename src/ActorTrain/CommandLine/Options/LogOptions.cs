using System.CommandLine;
using ActorTrain.CommandLine.Running;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Options;

/// <summary>What a verb's nodes log, and where to.</summary>
internal sealed class LogOptions
{
    private readonly Option<string?> _file = OptionText.Named("--log", "FILE", "Append the nodes' log to a file.");
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show the nodes' log." };

    private readonly string _program;

    public LogOptions(Command command, string program)
    {
        _program = program;
        command.Add(_file);
        command.Add(_verbose);
    }

    /// <summary>A node's configuration with its logging before it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="node">The node's configuration.</param>
    /// <param name="withClient">Whether the job's client, which shows failures, is in this process as well.</param>
    public Config Over(ParseResult parsed, Config node, bool withClient = false)
    {
        var file = parsed.GetValue(_file);
        if (file is not null) OutputFile.Check(file, "--log");
        return NodeLogging.Configuration(_program, file, parsed.GetValue(_verbose), withClient).WithFallback(node);
    }
}
