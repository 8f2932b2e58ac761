using ActorTrain.Engines;
using ActorTrain.Job;

namespace ActorTrain.Torch.Data;

/// <summary>
/// The data sets of the jobs of one model. A job's data set is loaded once for all its engines in this process, and
/// dropped with the last of them, so that the next job finds what has changed since.
/// </summary>
/// <param name="load">Loads a job's data set; the job is null while it is not known.</param>
internal sealed class JobData(Func<JobOptions?, IDataset> load)
{
    private readonly Lock _gate = new();
    private readonly List<Loaded> _loaded = [];
    private (DataOptions? Data, IDataset Dataset)? _found;

    /// <summary>Loads the data set of a job that is about to begin; its first engine uses it.</summary>
    public IDataset Find(JobOptions? job)
    {
        lock (_gate)
        {
            var dataset = load(job);
            _found = (job?.Data, dataset);
            return dataset;
        }
    }

    /// <summary>The data set of a job, for one of its engines.</summary>
    public DatasetUse Use(JobOptions job)
    {
        lock (_gate)
        {
            var loaded = _loaded.Find(other => other.Data == job.Data);
            if (loaded is null)
                _loaded.Add(loaded = new Loaded(job.Data, TakeFound(job.Data) ?? load(job)));
            loaded.Engines++;
            return new DatasetUse(loaded.Dataset, () => Release(loaded));
        }
    }

    private IDataset? TakeFound(DataOptions data)
    {
        if (_found is not { } found)
            return null;
        _found = null;
        var isSame = found.Data is null || found.Data with { Fingerprint = data.Fingerprint } == data;
        // The data may have changed since it was found, as the fingerprint that the client names shows.
        var hasChanged = data.Fingerprint.Length > 0 && data.Fingerprint != found.Dataset.Description.Fingerprint;
        return isSame && !hasChanged ? found.Dataset : null;
    }

    private void Release(Loaded loaded)
    {
        lock (_gate)
            if (--loaded.Engines == 0)
                _loaded.Remove(loaded);
    }

    private sealed class Loaded(DataOptions data, IDataset dataset)
    {
        public DataOptions Data { get; } = data;

        public IDataset Dataset { get; } = dataset;

        public int Engines { get; set; }
    }
}

/// <summary>A data set while an engine uses it.</summary>
internal sealed class DatasetUse(IDataset dataset, Action release) : IDisposable
{
    private Action? _release = release;

    public IDataset Dataset { get; } = dataset;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}

/// <summary>An engine that ends its use of a data set when it is disposed.</summary>
internal sealed class DataHoldingEngine(IGradientEngine inner, DatasetUse use) : WrappedEngine(inner)
{
    public override StepResult ComputeGradient(
        ReadOnlySpan<int> samples,
        long seed,
        Span<float> gradient,
        CancellationToken abandoned
    ) => Inner.ComputeGradient(samples, seed, gradient, abandoned);

    public override void Dispose()
    {
        try
        {
            base.Dispose();
        }
        finally
        {
            use.Dispose();
        }
    }
}
