using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Job;

/// <summary>
/// The staleness policies, consistency models and optimizers that a job may name: those that come with ActorTrain, and
/// those that are added here. All nodes of a cluster need the same, and so does a program that reads jobs from files.
/// A node takes those that are there when it starts. Not thread-safe.
/// </summary>
public sealed class Algorithms
{
    private AlgorithmRegistry<Func<StalenessOptions, IStalenessPolicy>> _policies = new(
        "staleness policy",
        StalenessPolicy.All
    );
    private AlgorithmRegistry<Func<ConsistencyOptions, IConsistencyModel>> _models = new(
        "consistency model",
        ConsistencyMode.All
    );
    private AlgorithmRegistry<Func<CustomOptimizer, int, IOptimizer>> _optimizers = new(
        "optimizer",
        OptimizerNames.All
    );

    /// <summary>Adds a staleness policy: <c>staleness.policy = NAME</c>.</summary>
    /// <param name="name">Its name: small letters, digits and dashes.</param>
    /// <param name="create">Creates the policy of one shard. Its settings are
    /// <see cref="StalenessOptions.Settings"/>; for one that is wrong it throws an
    /// <see cref="ActorTrainException"/>.</param>
    /// <returns>This.</returns>
    /// <exception cref="ActorTrainException">The name is malformed, or taken.</exception>
    public Algorithms AddStalenessPolicy(string name, Func<StalenessOptions, IStalenessPolicy> create)
    {
        _policies.Add(name, create);
        return this;
    }

    /// <summary>Adds a consistency model: <c>consistency.name = NAME</c>.</summary>
    /// <param name="name">Its name: small letters, digits and dashes.</param>
    /// <param name="create">Creates the model of a job. Its settings are <see cref="ConsistencyOptions.Settings"/>; for
    /// one that is wrong it throws an <see cref="ActorTrainException"/>.</param>
    /// <returns>This.</returns>
    /// <exception cref="ActorTrainException">The name is malformed, or taken.</exception>
    public Algorithms AddConsistencyModel(string name, Func<ConsistencyOptions, IConsistencyModel> create)
    {
        _models.Add(name, create);
        return this;
    }

    /// <summary>Adds an optimizer: <c>optimizer.name = NAME</c>.</summary>
    /// <param name="name">Its name: small letters, digits and dashes.</param>
    /// <param name="create">Creates the optimizer of one shard, or of a worker's local steps, for a number of
    /// parameters. Its settings are <see cref="CustomOptimizer.Settings"/>; for one that is wrong it throws an
    /// <see cref="ActorTrainException"/>.</param>
    /// <returns>This.</returns>
    /// <exception cref="ActorTrainException">The name is malformed, or taken.</exception>
    public Algorithms AddOptimizer(string name, Func<CustomOptimizer, int, IOptimizer> create)
    {
        _optimizers.Add(name, create);
        return this;
    }

    /// <summary>Those that come with ActorTrain.</summary>
    internal static Algorithms BuiltIn { get; } = new();

    /// <summary>The names of all staleness policies.</summary>
    internal IReadOnlyList<string> StalenessPolicies => _policies.Names;

    /// <summary>The names of all consistency models.</summary>
    internal IReadOnlyList<string> ConsistencyModels => _models.Names;

    /// <summary>The names of all optimizers.</summary>
    internal IReadOnlyList<string> Optimizers => _optimizers.Names;

    /// <summary>Creates the policy that a job's options name.</summary>
    /// <exception cref="ActorTrainException">No policy has that name here, or one of its settings is
    /// wrong.</exception>
    internal IStalenessPolicy Create(StalenessOptions options)
    {
        IStalenessPolicy policy = options.Policy switch
        {
            // Their IGradientCompensation does the rest.
            StalenessPolicy.Accept
            or StalenessPolicy.DcAsgd
            or StalenessPolicy.DcAsgdAdaptive
            or StalenessPolicy.GapAware
            or StalenessPolicy.DanaSlim => new AcceptAll(),
            StalenessPolicy.Inverse => new Inverse(),
            StalenessPolicy.StalenessAware => new StalenessAware(),
            StalenessPolicy.DelayThreshold => new DelayThreshold(options.Threshold),
            var name => new CheckedStalenessPolicy(
                _policies.Describe(name),
                _policies.Create(name, create => create(options))
            ),
        };
        return options.Bound > 0 ? new RefuseBeyond(options.Bound, policy) : policy;
    }

    /// <summary>
    /// Creates the bound between workers' clocks; null where there is none: in synchronous training the shards decide
    /// which workers wait.
    /// </summary>
    /// <exception cref="ActorTrainException">No consistency model has that name here, or one of its settings is
    /// wrong.</exception>
    internal IConsistencyModel? Create(ConsistencyOptions options) =>
        options switch
        {
            { Mode: ConsistencyMode.Synchronous or ConsistencyMode.Asynchronous } => null,
            { Mode: ConsistencyMode.Bounded, Bounded: var bounded } => bounded.MaxStaleness > bounded.Staleness
                ? new DynamicBound(bounded.Staleness, bounded.MaxStaleness)
                : new FixedBound(bounded.Staleness),
            { Mode: var name } => new CheckedConsistencyModel(
                _models.Describe(name),
                _models.Create(name, create => create(options))
            ),
        };

    /// <summary>
    /// Creates an optimizer without state so far for a shard of <paramref name="length"/> parameters.
    /// </summary>
    /// <exception cref="ActorTrainException">No optimizer has that name here, or one of its settings is
    /// wrong.</exception>
    internal IOptimizer Create(OptimizerOptions options, int length) =>
        options switch
        {
            Sgd sgd => new SgdOptimizer(sgd, length),
            Adam adam => new AdamOptimizer(adam, length),
            CustomOptimizer custom => new CheckedOptimizer(
                _optimizers.Describe(custom.Name),
                _optimizers.Create(custom.Name, create => create(custom, length)),
                length
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options, "Unknown optimizer."),
        };

    /// <summary>The same, unchanged by what is added later.</summary>
    internal Algorithms Copy() =>
        new()
        {
            _policies = _policies.Copy(),
            _models = _models.Copy(),
            _optimizers = _optimizers.Copy(),
        };

    /// <summary>Those that were added, such as <c>staleness policy 'mine'</c>.</summary>
    internal IReadOnlyList<string> Added => [.. _policies.Added, .. _models.Added, .. _optimizers.Added];

    /// <summary>A policy as in <see cref="Added"/>; null for one that comes with ActorTrain.</summary>
    internal static string? AddedName(StalenessOptions staleness) =>
        StalenessPolicy.All.Contains(staleness.Policy) ? null : BuiltIn._policies.Describe(staleness.Policy);

    /// <summary>A consistency model as in <see cref="Added"/>; null for one that comes with ActorTrain.</summary>
    internal static string? AddedName(ConsistencyOptions consistency) =>
        ConsistencyMode.All.Contains(consistency.Mode) ? null : BuiltIn._models.Describe(consistency.Mode);

    /// <summary>An optimizer as in <see cref="Added"/>; null for one that comes with ActorTrain.</summary>
    internal static string? AddedName(OptimizerOptions optimizer) =>
        optimizer is CustomOptimizer ? BuiltIn._optimizers.Describe(optimizer.Name) : null;

    /// <summary>Whether a name is well formed.</summary>
    internal static bool IsName(string? name) => AlgorithmRegistry<Delegate>.IsName(name);
}
