using System.CommandLine;
using ActorTrain.CommandLine.Logging;
using ActorTrain.CommandLine.Running;
using ActorTrain.Files;
using ActorTrain.Hosting;
using ActorTrain.Sentences;
using ActorTrain.Supervision;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Options;

/// <summary>Which cluster a verb connects to.</summary>
internal sealed class JoinOption
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private readonly Option<string?> _join = OptionText.Create(
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

    /// <summary>Connects to a running cluster. What it waits for goes to standard error, since output is for results.
    /// </summary>
    public async Task<TrainingClient> ConnectAsync(
        ParseResult parsed,
        Terminal terminal,
        CancellationToken cancellation,
        TimeSpan? timeout = null,
        LogOptions? log = null
    )
    {
        var configuration =
            log?.Configure(parsed, Config.Empty)
            ?? NodeLogging.Configuration(
                new LogSettings(terminal.Program, File: null, Verbose: false, WithClient: false)
            );
        var cluster = await FindAsync(parsed, terminal.Error);
        var connecting = TrainingClient.ConnectAsync(cluster, timeout ?? DefaultTimeout, configuration, cancellation);
        return await ConnectionWait.AwaitAsync(connecting, cluster, terminal.Error);
    }

    /// <summary>The address; where no process answers there, that of another node that was in its cluster.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="output">Where another address is told.</param>
    public async Task<HostPort> FindAsync(ParseResult parsed, TextWriter output)
    {
        var given = Read(parsed);
        if (
            UserFolders.State("actortrain") is not { } folder
            || (await PortProbe.ConnectAsync(given.Host, given.Port)).Answer == PortAnswer.Listens
            || (await new KnownNodes(folder, given).FindListeningAsync()) is not [var other, ..]
        )
            return given;
        await output.WriteLineAsync($"{given} does not answer; asking {other}, which was in its cluster");
        return other;
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
