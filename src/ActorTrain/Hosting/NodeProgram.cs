using System.CommandLine;
using System.Reflection;
using ActorTrain.CommandLine;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.Worker;

namespace ActorTrain.Hosting;

/// <summary>
/// A program that is a node by its arguments: what the verbs of its command line have to know of it. See
/// <see cref="ActorTrainNode.RunAsync(IReadOnlyList{string}, NodeProgram)"/>.
/// </summary>
/// <param name="engines"> Makes the engines of a node, from what the command line says about them. The job is null
/// where it is not known yet: what can be missing or damaged is best looked at then, so that a node says so when it
/// starts and not in its first job.
/// </param>
/// <param name="name">What users type to run it: errors begin with it, help and examples have it, and its jobs name
/// their model and their data set by it. Null: the name of the program's assembly.</param>
public sealed class NodeProgram(Func<EngineSettings, JobOptions?, IEngineFactory> engines, string? name = null)
{
    private const string Job = "actortrain.job.";

    /// <summary>Its name.</summary>
    public string Name { get; } = name ?? Assembly.GetEntryAssembly()?.GetName().Name ?? "actortrain";

    /// <summary>
    /// How its jobs differ from reference.conf: HOCON, as it would stand inside <c>actortrain.job { }</c>, such as
    /// <c>epochs = 3, optimizer.name = adam</c>. A job file comes before it, and the options of the command line before
    /// both.
    /// </summary>
    public string Options { get; init; } = "";

    /// <summary>Options of the command line for settings that only this program's jobs have.</summary>
    public IReadOnlyList<JobOption> JobOptions { get; init; } = [];

    /// <summary>What is different in a job that <c>demo</c> runs.</summary>
    public Func<EngineSettings, IEnumerable<SettingOverride>> DemoSettings { get; init; } = _ => [];

    /// <summary>
    /// Checks a job before it is submitted; throws an <see cref="ActorTrainException"/> that says what is wrong with
    /// it.
    /// </summary>
    public Action<JobOptions> Validate { get; init; } = _ => { };

    /// <summary>
    /// Whether jobs name a model and a data set out of several. Otherwise both are named as the program is, and a node
    /// of another program refuses the job.
    /// </summary>
    public bool HasCatalogue { get; init; }

    /// <summary>Verbs that only this program has.</summary>
    internal IReadOnlyList<Func<Terminal, NodeProgram, Command>> MoreVerbs { get; init; } = [];

    /// <summary>
    /// Writes one line for whoever runs the program, such as what a data set leaves out. <c>local</c> repeats what its
    /// workers write, each line once.
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
        var made = engines(settings, job);
        return settings.Throttle < 1 ? new ThrottledEngines(made, () => settings.Throttle) : made;
    }
}

/// <summary>An option of a command line that is a setting of a job.</summary>
/// <param name="Name">As it is typed, such as <c>--width</c>.</param>
/// <param name="ValueName">What its value is called in the help, such as <c>FACTOR</c>.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Key">Its key below <c>actortrain.job</c>, such as <c>model.mobilenet.width</c>.</param>
public sealed record JobOption(string Name, string ValueName, string Description, string Key);
