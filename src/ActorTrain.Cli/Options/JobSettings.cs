using System.CommandLine;
using ActorTrain.Settings;

namespace ActorTrain.Cli.Options;

/// <summary>The options that describe a job; each is a setting of section <c>actortrain.job</c>.</summary>
internal sealed class JobSettings
{
    private readonly List<(Option<string?> Option, string Key)> _settings = [];

    public JobSettings(Command command)
    {
        Add("--name", "TEXT", "What to call the run.", "name");
        Add("--model", "NAME", "mlp, cnn or mobilenet.", "model.name");
        Add("--hidden", "SIZES", "Hidden layers of the mlp, such as 1024,1024.", "model.mlp.hidden");
        Add("--width", "FACTOR", "Width of the mobilenet: 0.25, 0.5, 0.75 or 1.0.", "model.mobilenet.width");
        Add("--source", "WHICH", "full, built-in, or auto: the data set's files where they are found, the built-in subset otherwise.", "data.source");
        Add("--flip", "ON/OFF", "Mirror images at random.", "data.augmentation.flip");
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
        foreach (var (option, _) in _settings) command.Add(option);
    }

    /// <summary>The settings that were given, in no particular order.</summary>
    public IReadOnlyList<SettingOverride> Overrides(ParseResult parsed) =>
        [.. _settings.SelectMany(setting => parsed.Override(setting.Option, setting.Key))];

    private void Add(string name, string valueName, string description, string key) =>
        _settings.Add((OptionText.Named(name, valueName, description), "actortrain.job." + key));
}
