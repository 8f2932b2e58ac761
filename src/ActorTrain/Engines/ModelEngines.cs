using ActorTrain.Job;

namespace ActorTrain.Engines;

/// <summary>The engines of several models: each job gets those of the model that it names.</summary>
internal sealed class ModelEngines : IEngineFactory
{
    private readonly Dictionary<string, IEngineFactory> _models = new(StringComparer.Ordinal);
    private IEngineFactory? _others;

    /// <summary>The number of models.</summary>
    public int Count => _models.Count;

    private IEnumerable<IEngineFactory> All => _models.Values.Append(_others).OfType<IEngineFactory>().Distinct();

    /// <summary>Adds a model.</summary>
    /// <exception cref="ActorTrainException">The name is empty, or taken.</exception>
    public void Add(string name, IEngineFactory engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        if (string.IsNullOrWhiteSpace(name))
            throw new ActorTrainException("A model needs a name, by which jobs name it.");
        if (!_models.TryAdd(name, engines))
            throw new ActorTrainException($"There is a model '{name}' already; add this one by another name.");
    }

    /// <summary>The same, with engines for all other models, and unchanged by what is added later.</summary>
    public IEngineFactory With(IEngineFactory? others)
    {
        var all = new ModelEngines { _others = others };
        foreach (var (name, engines) in _models)
            all._models.Add(name, engines);
        return all;
    }

    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job) => Find(job).Create(job);

    /// <inheritdoc/>
    public DatasetDescription? FindData(JobOptions job) => Find(job).FindData(job);

    /// <inheritdoc/>
    public void NodeStarted()
    {
        foreach (var engines in All)
            engines.NodeStarted();
    }

    /// <inheritdoc/>
    public void NodeStopped()
    {
        foreach (var engines in All)
            engines.NodeStopped();
    }

    private IEngineFactory Find(JobOptions job) =>
        _models.GetValueOrDefault(job.Model.Name)
        ?? _others
        ?? throw new ActorTrainException(
            $"the job trains model {job.Model.Name}, and this node has {string.Join(", ", _models.Keys.Order())}"
        );
}
