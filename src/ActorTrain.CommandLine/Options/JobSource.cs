using System.CommandLine;
using ActorTrain.Checkpoints;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Options;

/// <summary>The job of a verb: an optional job file, and options that override it.</summary>
internal sealed class JobSource
{
    private const string MinimumWorkers = "actortrain.job.minimum-workers";
    private const string ResumeKey = "actortrain.job.resume";

    private readonly Option<string?> _resume = OptionText.Create(
        "--resume",
        "FOLDER|latest",
        "Go on from a checkpoint of the coordinator's machine, with the options of its job unless others are given."
    );
    private readonly Argument<string?> _file = new("JOB.conf")
    {
        Description = "A job file; see hocon/jobs. Without one: the defaults and the options.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly JobSettings _settings;
    private readonly NodeProgram _program;

    /// <param name="command">Gets the options.</param>
    /// <param name="program">The program.</param>
    /// <param name="mayQueue">Whether the cluster may have other jobs.</param>
    public JobSource(Command command, NodeProgram program, bool mayQueue = false)
    {
        command.Add(_file);
        command.Add(_resume);
        (_settings, _program) = (new JobSettings(command, program, mayQueue), program);
    }

    /// <summary>The checkpoint that the job goes on from; null for a new job.</summary>
    public string? Resume(ParseResult parsed) => parsed.GetValue(_resume);

    /// <summary>Reads and checks the job.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="resumed">The job of the checkpoint that it goes on from; null for a new one.</param>
    public JobOptions Read(ParseResult parsed, JobOptions? resumed = null) =>
        Read(Configuration(parsed), _settings.Overrides(parsed), resumed);

    /// <summary>
    /// Reads and checks the job of a cluster with a known number of workers: it starts when all are ready, unless the
    /// job sets another minimum.
    /// </summary>
    public JobOptions Read(ParseResult parsed, int workers, JobOptions? resumed)
    {
        var (file, options) = (Configuration(parsed), _settings.Overrides(parsed));
        var isSet =
            file.HasPath(MinimumWorkers) || options.Concat(_program.Settings).Any(given => given.Key == MinimumWorkers);
        var job = Read(
            file,
            isSet ? options : [.. options, new SettingOverride(MinimumWorkers, $"{workers}", "--workers")],
            resumed
        );
        return job.MinimumWorkers <= workers
            ? job
            : throw new ActorTrainException(
                $"the job waits for {Plural.Format(job.MinimumWorkers, "worker")} and "
                    + $"--workers is {workers}; it must be {job.MinimumWorkers} or more."
            );
    }

    private JobOptions Read(Config file, IReadOnlyList<SettingOverride> overrides, JobOptions? resumed)
    {
        // The file overrides the checkpoint's job, that the program's settings, and those reference.conf.
        var job = JobOptionsReader.Read(
            file,
            _program.Algorithms,
            [
                .. _program.Settings.Concat(SettingsOf(resumed)).Where(setting => !file.HasPath(setting.Key)),
                .. overrides,
            ]
        );
        _program.Validate(job);
        return job;
    }

    // The workers may be others.
    private static IEnumerable<SettingOverride> SettingsOf(JobOptions? resumed) =>
        resumed is null
            ? []
            : JobAsSettings
                .AsOverrides(JobAsSettings.From(resumed), "the checkpoint's job")
                .Where(setting => setting.Key != MinimumWorkers)
                .Append(new SettingOverride(ResumeKey, resumed.Resume, "--resume"));

    private Config Configuration(ParseResult parsed) =>
        parsed.GetValue(_file) is { } path ? ConfigurationFile.Read(path) : Config.Empty;
}
