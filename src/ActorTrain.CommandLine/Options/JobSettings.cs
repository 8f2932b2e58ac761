using System.CommandLine;
using ActorTrain.Hosting;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine.Options;

/// <summary>The options that describe a job; each is a setting of section <c>actortrain.job</c>.</summary>
internal sealed class JobSettings
{
    private readonly List<(Option<string?> Option, string Key)> _settings = [];

    /// <param name="command">Gets the options.</param>
    /// <param name="program">The program.</param>
    /// <param name="mayQueue">Whether the cluster may have other jobs.</param>
    public JobSettings(Command command, NodeProgram program, bool mayQueue = false)
    {
        Add("--name", "TEXT", "Name of the job.", "name");
        foreach (var (name, valueName, description, key) in program.JobOptions)
            Add(name, valueName, description, key);
        Add("--epochs", "N", "Passes over the training samples.", "epochs");
        Add("--batch-size", "N", "Samples of a micro-batch, as the mean over the workers.", "batch-size");
        Add("--optimizer", "NAME", "sgd, adam or adamw, or one that the program has added.", "optimizer.name");
        Add("--lr", "RATE", "Learning rate.", "optimizer.learning-rate");
        Add("--momentum", "FACTOR", "Momentum of sgd.", "optimizer.momentum");
        Add("--weight-decay", "FACTOR", "Weight decay.", "optimizer.weight-decay");
        Add("--schedule", "NAME", "How the learning rate changes: constant, step or cosine.", "schedule.name");
        Add("--warm-up", "EPOCHS", "Epochs over which the learning rate rises from zero first.", "schedule.warm-up");
        Add(
            "--gradient-clip-norm",
            "NORM",
            "Scale larger gradients down to this norm; 0 is off.",
            "gradient-clip-norm"
        );
        Add(
            "--checkpoint-every",
            "INTERVAL",
            "Write a checkpoint each time, such as 5m, 2 epochs or 100000 samples.",
            "checkpoint.every"
        );
        Add("--checkpoints", "FOLDER", "Folder for them on the coordinator's machine.", "checkpoint.folder");
        Add("--shards", "N", "Parameter shards; 0 is one per server node.", "shards");
        Add("--micro-batches-per-lease", "N", "Micro-batches of a lease.", "micro-batches-per-lease");
        Add(
            "--minimum-workers",
            "N",
            "Workers that must be ready before training starts; unless set: all with demo and local, else 1.",
            "minimum-workers"
        );
        Add("--seed", "N", "Seeds the starting weights, the sample order and the augmentation.", "seed");
        if (mayQueue)
        {
            Add("--priority", "N", "Of the jobs that wait, one of the highest priority begins first.", "priority");
            Add("--after", "ID", "Begin when the job of this id has completed.", "after");
        }
        foreach (var (option, _) in _settings)
            command.Add(option);
    }

    /// <summary>The settings that were given, in no particular order.</summary>
    public IReadOnlyList<SettingOverride> Overrides(ParseResult parsed) =>
        [.. _settings.SelectMany(setting => parsed.Override(setting.Option, setting.Key))];

    private void Add(string name, string valueName, string description, string key) =>
        _settings.Add((OptionText.Create(name, valueName, description), "actortrain.job." + key));
}
