using System.CommandLine;
using ActorTrain.Hosting;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Options;

/// <summary>The options of a verb whose process, or whose workers, compute.</summary>
internal sealed class EngineSource
{
    private readonly Option<string?> _device = OptionText.Named(
        "--device",
        "DEVICE",
        "auto, cpu, cuda or cuda:0; auto takes a GPU first."
    );
    private readonly Option<string?> _threads = OptionText.Named(
        "--threads",
        "N",
        "CPU threads a worker; 0 is what the machine has left, tried out."
    );
    private readonly Option<string?> _data = OptionText.Named("--data", "DIR", "Folder of the data set's files.");

    private readonly Option<string?> _throttle = OptionText.Named(
        "--throttle",
        "PART",
        "Sleep after each gradient, so that the worker has this part of its speed: an honest slow node."
    );

    public EngineSource(Command command)
    {
        command.Add(_device);
        command.Add(_threads);
        command.Add(_data);
        command.Add(_throttle);
    }

    /// <summary>Reads and checks the engine's settings.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="config">The node configuration.</param>
    /// <param name="threads">Threads where neither says anything; null: the reference configuration's.</param>
    public EngineSettings Read(ParseResult parsed, Config config, int? threads = null)
    {
        const string section = "actortrain.worker";
        var settings = NodeSettingsReader.Engine(
            config,
            [
                .. threads is { } n && !config.HasPath(section + ".threads")
                    ? [new SettingOverride(section + ".threads", $"{n}", "default")]
                    : Array.Empty<SettingOverride>(),
                .. parsed.Override(_device, section + ".device"),
                .. parsed.Override(_threads, section + ".threads"),
                .. parsed.Override(_data, section + ".data"),
                .. parsed.Override(_throttle, section + ".throttle"),
            ]
        );
        return settings;
    }
}
