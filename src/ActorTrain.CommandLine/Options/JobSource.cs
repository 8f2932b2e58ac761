using System.CommandLine;
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
    private readonly Argument<string?> _file = new("JOB.conf")
    {
        Description = "A job file; see hocon/jobs. Without one: the defaults and the options.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly JobSettings _settings;
    private readonly NodeProgram _program;

    public JobSource(Command command, NodeProgram program)
    {
        command.Add(_file);
        (_settings, _program) = (new JobSettings(command, program), program);
    }

    /// <summary>Reads and checks the job.</summary>
    public JobOptions Read(ParseResult parsed) => Read(Configuration(parsed), _settings.Overrides(parsed));

    /// <summary>
    /// Reads and checks the job of a cluster with a known number of workers: it starts when all are ready, unless the
    /// job sets another minimum.
    /// </summary>
    public JobOptions Read(ParseResult parsed, int workers)
    {
        var (file, options) = (Configuration(parsed), _settings.Overrides(parsed));
        var isSet =
            file.HasPath(MinimumWorkers) || options.Concat(_program.Settings).Any(given => given.Key == MinimumWorkers);
        var job = Read(
            file,
            isSet ? options : [.. options, new SettingOverride(MinimumWorkers, $"{workers}", "--workers")]
        );
        return job.MinimumWorkers <= workers
            ? job
            : throw new ActorTrainException(
                $"the job waits for {Plural.Format(job.MinimumWorkers, "worker")} and "
                    + $"--workers is {workers}; it must be {job.MinimumWorkers} or more."
            );
    }

    private JobOptions Read(Config file, IReadOnlyList<SettingOverride> overrides)
    {
        // The file overrides the program's settings, which override reference.conf.
        var job = JobOptionsReader.Read(
            file,
            _program.Algorithms,
            [.. _program.Settings.Where(setting => !file.HasPath(setting.Key)), .. overrides]
        );
        _program.Validate(job);
        return job;
    }

    private Config Configuration(ParseResult parsed) =>
        parsed.GetValue(_file) is { } path ? ConfigurationFile.Read(path) : Config.Empty;
}
