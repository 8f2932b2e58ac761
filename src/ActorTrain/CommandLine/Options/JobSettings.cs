using System.CommandLine;
using ActorTrain.Hosting;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine.Options;

/// <summary>The options that describe a job; each is a setting of section <c>actortrain.job</c>.</summary>
internal sealed class JobSettings
{
    private readonly List<(Option<string?> Option, string Key)> _settings = [];

    public JobSettings(Command command, NodeProgram program)
    {
        Add("--name", "TEXT", "What to call the run.", "name");
        foreach (var (name, valueName, description, key) in program.JobOptions)
            Add(name, valueName, description, key);
        Add("--epochs", "N", "How often every training sample is used.", "epochs");
        Add("--batch", "N", "Samples a micro-batch, and so a push.", "batch");
        Add("--optimizer", "NAME", "sgd, adam or adamw.", "optimizer.name");
        Add("--lr", "RATE", "Learning rate.", "optimizer.learning-rate");
        Add("--momentum", "FACTOR", "Momentum of sgd.", "optimizer.momentum");
        Add("--weight-decay", "FACTOR", "Weight decay.", "optimizer.weight-decay");
        Add("--schedule", "NAME", "How the learning rate moves: constant, step or cosine.", "schedule.name");
        Add("--warm-up", "EPOCHS", "Epochs over which the learning rate rises from zero first.", "schedule.warm-up");
        Add("--clip-norm", "NORM", "Scale larger gradients down to this norm; 0 is off.", "clip-norm");
        Add("--shards", "N", "Parameter shards; 0 is one a server node.", "shards");
        Add("--lease-batches", "N", "Micro-batches a lease.", "lease-batches");
        Add("--minimum-workers", "N", "Workers that must be ready before training starts.", "minimum-workers");
        Add("--seed", "N", "Seeds the starting weights, the sample order and the augmentation.", "seed");
        foreach (var (option, _) in _settings)
            command.Add(option);
    }

    /// <summary>The settings that were given, in no particular order.</summary>
    public IReadOnlyList<SettingOverride> Overrides(ParseResult parsed) =>
        [.. _settings.SelectMany(setting => parsed.Override(setting.Option, setting.Key))];

    private void Add(string name, string valueName, string description, string key) =>
        _settings.Add((OptionText.Named(name, valueName, description), "actortrain.job." + key));
}
