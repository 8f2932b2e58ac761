using System.CommandLine;
using ActorTrain.CommandLine.Logging;
using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Options;

/// <summary>Which cluster a verb speaks to.</summary>
internal sealed class JoinOption
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Option<string?> _join = OptionText.Named(
        "--join",
        "HOST:PORT",
        "A node of the cluster, such as 127.0.0.1:4053."
    );
    private readonly string _verb;

    public JoinOption(Command command)
    {
        command.Add(_join);
        _verb = command.Name;
    }

    /// <summary>A client of a cluster that runs already. Why it waits is said on standard error: output is for answers.
    /// </summary>
    public Task<TrainingClient> ConnectAsync(
        ParseResult parsed,
        Terminal terminal,
        CancellationToken cancellation,
        TimeSpan? patience = null
    )
    {
        var log = new LogSettings(terminal.Program, File: null, Verbose: false, WithClient: false);
        var cluster = Read(parsed);
        var connecting = TrainingClient.ConnectAsync(
            cluster,
            patience ?? Patience,
            NodeLogging.Configuration(log),
            cancellation
        );
        return ConnectionWait.SayAsync(connecting, cluster, terminal.Error);
    }

    /// <summary>The address.</summary>
    public HostPort Read(ParseResult parsed)
    {
        var text =
            parsed.GetValue(_join)
            ?? throw new ActorTrainException(
                $"{_verb} needs --join HOST:PORT, a node of the cluster such as 127.0.0.1:4053."
            );
        try
        {
            return HostPort.Parse(text);
        }
        catch (ActorTrainException wrong)
        {
            throw new ActorTrainException($"--join: {wrong.AsClause()}.", wrong);
        }
    }
}
