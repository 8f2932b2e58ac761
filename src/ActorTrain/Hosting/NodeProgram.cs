using System.Reflection;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.Hosting;

/// <summary>
/// A program whose command line starts nodes and jobs: what the verbs need to know about it. The package
/// <c>ActorTrain.CommandLine</c> runs it.
/// </summary>
/// <param name="engines">Creates the engines of a node from the command line's settings. The job is null while it is
/// not known: files that can be missing or damaged are best checked then, so that a node reports them when it starts
/// and not in its first job.</param>
/// <param name="name">What users type to run it. Errors begin with it, help and examples show it, and its jobs use it
/// as the name of their model and data set. Null: the name of the program's assembly.</param>
public sealed class NodeProgram(Func<EngineSettings, JobOptions?, IEngineFactory> engines, string? name = null)
{
    private const string Job = "actortrain.job.";

    /// <summary>Its name.</summary>
    public string Name { get; } = name ?? Assembly.GetEntryAssembly()?.GetName().Name ?? "actortrain";

    /// <summary>
    /// How its jobs differ from reference.conf: HOCON as in <c>actortrain.job { }</c>, such as <c>epochs = 3,
    /// optimizer.name = adam</c>. A job file overrides it, and command-line options override both.
    /// </summary>
    public string Options { get; init; } = "";

    /// <summary>Command-line options for settings that only this program's jobs have.</summary>
    public IReadOnlyList<JobOption> JobOptions { get; init; } = [];

    /// <summary>Settings that differ in a job of the verb <c>demo</c>.</summary>
    public Func<EngineSettings, IEnumerable<SettingOverride>> DemoSettings { get; init; } = _ => [];

    /// <summary>
    /// Checks a job before it is submitted; throws an <see cref="ActorTrainException"/> with the error.
    /// </summary>
    public Action<JobOptions> Validate { get; init; } = _ => { };

    /// <summary>The staleness policies, consistency models and optimizers that its jobs may name.</summary>
    public Algorithms Algorithms { get; init; } = new();

    /// <summary>
    /// Whether jobs name one of several models and data sets. Otherwise both have the program's name, and a node of
    /// another program refuses the job.
    /// </summary>
    public bool HasCatalogue { get; init; }

    /// <summary>
    /// Writes one line for the user, such as what a data set leaves out. The verb <c>local</c> repeats its workers'
    /// lines, each once.
    /// </summary>
    /// <param name="sentence">The line, without the program's name.</param>
    public void WriteNote(string sentence) =>
        Console.Error.WriteLine(NotePrefix(Name) + sentence.ReplaceLineEndings(" "));

    /// <summary>What notes begin with.</summary>
    internal static string NotePrefix(string program) => $"{program}: note: ";

    /// <summary>The settings of its jobs.</summary>
    /// <exception cref="ActorTrainException"><see cref="Options"/> cannot be read; the message names the
    /// line.</exception>
    internal IReadOnlyList<SettingOverride> Settings
    {
        get
        {
            const string place = "the program's options";
            var given =
                Options.Length == 0
                    ? []
                    : Setting
                        .AllOf(ConfigurationFile.Parse(Options, place), place)
                        .Select(setting => new SettingOverride(Job + setting.Key, setting.Value ?? "", setting.Source))
                        .ToList();
            given.ForEach(KnownKeys.Reference.Check);
            return HasCatalogue
                ? given
                : [new(Job + "model.name", Name, place), new(Job + "data.name", Name, place), .. given];
        }
    }

    /// <summary>The engines of a node.</summary>
    internal IEngineFactory EnginesFor(EngineSettings settings, JobOptions? job)
    {
        var factory = engines(settings, job);
        return settings.Throttle < 1 ? new ThrottledEngines(factory, () => settings.Throttle) : factory;
    }
}

/// <summary>A command-line option for a setting of a job.</summary>
/// <param name="Name">Its name, such as <c>--width</c>.</param>
/// <param name="ValueName">The name of its value in the help, such as <c>FACTOR</c>.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Key">Its key below <c>actortrain.job</c>, such as <c>model.mobilenet.width</c>.</param>
public sealed record JobOption(string Name, string ValueName, string Description, string Key);
