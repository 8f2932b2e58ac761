using ActorTrain.Job;
using ActorTrain.Torch.Settings;

namespace ActorTrain.Torch.Models;

/// <summary>The models that jobs can name. Immutable.</summary>
public sealed class ModelCatalog
{
    private readonly Dictionary<string, ITorchModel> _models;

    private ModelCatalog(IEnumerable<ITorchModel> models) => _models = models.ToDictionary(model => model.Name);

    /// <summary>The models that come with ActorTrain.</summary>
    public static ModelCatalog Default { get; } = new([new Mlp(), new Cnn(), new MobileNet()]);

    /// <summary>Names of all models, in order.</summary>
    public IReadOnlyList<string> Names => [.. _models.Keys.Order(StringComparer.Ordinal)];

    /// <summary>This catalogue and one more model; one of the same name is replaced.</summary>
    public ModelCatalog With(ITorchModel model) =>
        new(_models.Values.Where(other => other.Name != model.Name).Append(model));

    /// <summary>The model that a job names.</summary>
    /// <exception cref="ActorTrainException">There is none of that name.</exception>
    public ITorchModel Find(string name) =>
        _models.TryGetValue(name, out var model) ? model : throw KnownNames.Unknown("model", name, Names);

    /// <summary>Checks a job's model section: the name, and the settings of that model.</summary>
    /// <exception cref="ActorTrainException">Something in it is wrong.</exception>
    public void Validate(ModelOptions options) => Find(options.Name).Validate(SettingsOf(options));

    internal static SettingReader SettingsOf(ModelOptions options) => new("actortrain.job.model", options.Settings);
}
