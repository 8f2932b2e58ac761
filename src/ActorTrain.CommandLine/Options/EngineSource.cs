using System.CommandLine;
using ActorTrain.Hosting;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Options;

/// <summary>The options of a verb that runs engines, in its own process or in its workers.</summary>
internal sealed class EngineSource
{
    private readonly Option<string?> _device = OptionText.Create(
        "--device",
        "DEVICE",
        "auto, cpu, cuda or cuda:0; auto prefers a GPU."
    );
    private readonly Option<string?> _threads = OptionText.Create(
        "--threads",
        "N",
        "CPU threads per worker; 0 measures how many the machine has left. Unless given: 1 with demo and local, else 0."
    );
    private readonly Option<string?> _data = OptionText.Create("--data", "DIR", "Folder of the data set's files.");

    private readonly Option<string?> _throttle = OptionText.Create(
        "--throttle",
        "PART",
        "Sleep after each gradient, so that the worker runs at this part of its speed, as a slow node would."
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
    /// <param name="threads">Threads if neither sets them; null: those of reference.conf.</param>
    public EngineSettings Read(ParseResult parsed, Config config, int? threads = null)
    {
        const string section = "actortrain.worker";
        return NodeSettingsReader.Engine(
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
    }
}
