using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Job;

/// <summary>
/// The staleness policies, consistency models and optimizers that a job may name: those that come with ActorTrain, and
/// those that are added here. All nodes of a cluster need the same, and so does a program that reads jobs from files.
/// A node takes those that are there when it starts. Not thread-safe.
/// </summary>
public sealed class Algorithms
{
    private const string Policy = "staleness policy";
    private const string Model = "consistency model";
    private const string Optimizer = "optimizer";
    private readonly Dictionary<string, Func<StalenessOptions, IStalenessPolicy>> _policies = [];
    private readonly Dictionary<string, Func<ConsistencyOptions, IConsistencyModel>> _models = [];
    private readonly Dictionary<string, Func<CustomOptimizer, int, IOptimizer>> _optimizers = [];

    /// <summary>Adds a staleness policy: <c>staleness.policy = NAME</c>.</summary>
    /// <param name="name">Its name: small letters, digits and dashes.</param>
    /// <param name="create">Creates the policy of one shard. Its settings are
    /// <see cref="StalenessOptions.Settings"/>; for one that is wrong it throws an
    /// <see cref="ActorTrainException"/>.</param>
    /// <returns>This.</returns>
    /// <exception cref="ActorTrainException">The name is malformed, or taken.</exception>
    public Algorithms AddStalenessPolicy(string name, Func<StalenessOptions, IStalenessPolicy> create) =>
        Add(_policies, StalenessPolicy.All, Policy, name, create);

    /// <summary>Adds a consistency model: <c>consistency.name = NAME</c>.</summary>
    /// <param name="name">Its name: small letters, digits and dashes.</param>
    /// <param name="create">Creates the model of a job. Its settings are <see cref="ConsistencyOptions.Settings"/>; for
    /// one that is wrong it throws an <see cref="ActorTrainException"/>.</param>
    /// <returns>This.</returns>
    /// <exception cref="ActorTrainException">The name is malformed, or taken.</exception>
    public Algorithms AddConsistencyModel(string name, Func<ConsistencyOptions, IConsistencyModel> create) =>
        Add(_models, ConsistencyMode.All, Model, name, create);

    /// <summary>Adds an optimizer: <c>optimizer.name = NAME</c>.</summary>
    /// <param name="name">Its name: small letters, digits and dashes.</param>
    /// <param name="create">Creates the optimizer of one shard, or of a worker's local steps, for a number of
    /// parameters. Its settings are <see cref="CustomOptimizer.Settings"/>; for one that is wrong it throws an
    /// <see cref="ActorTrainException"/>.</param>
    /// <returns>This.</returns>
    /// <exception cref="ActorTrainException">The name is malformed, or taken.</exception>
    public Algorithms AddOptimizer(string name, Func<CustomOptimizer, int, IOptimizer> create) =>
        Add(_optimizers, OptimizerNames.All, Optimizer, name, create);

    /// <summary>Those that come with ActorTrain.</summary>
    internal static Algorithms BuiltIn { get; } = new();

    /// <summary>The names of all staleness policies.</summary>
    internal IReadOnlyList<string> StalenessPolicies => [.. StalenessPolicy.All, .. _policies.Keys.Order()];

    /// <summary>The names of all consistency models.</summary>
    internal IReadOnlyList<string> ConsistencyModels => [.. ConsistencyMode.All, .. _models.Keys.Order()];

    /// <summary>The names of all optimizers.</summary>
    internal IReadOnlyList<string> Optimizers => [.. OptimizerNames.All, .. _optimizers.Keys.Order()];

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
            var name => new CheckedStalenessPolicy(name, Create(_policies, Policy, name, create => create(options))),
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
                name,
                Create(_models, Model, name, create => create(options))
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
                custom.Name,
                Create(_optimizers, Optimizer, custom.Name, create => create(custom, length))
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options, "Unknown optimizer."),
        };

    /// <summary>The same, unchanged by what is added later.</summary>
    internal Algorithms Copy()
    {
        var copy = new Algorithms();
        foreach (var (name, create) in _policies)
            copy._policies.Add(name, create);
        foreach (var (name, create) in _models)
            copy._models.Add(name, create);
        foreach (var (name, create) in _optimizers)
            copy._optimizers.Add(name, create);
        return copy;
    }

    /// <summary>Those that were added, such as <c>staleness policy 'mine'</c>.</summary>
    internal IReadOnlyList<string> Added =>
        [
            .. _policies.Keys.Select(name => Describe(Policy, name)),
            .. _models.Keys.Select(name => Describe(Model, name)),
            .. _optimizers.Keys.Select(name => Describe(Optimizer, name)),
        ];

    /// <summary>A policy as in <see cref="Added"/>; null for one that comes with ActorTrain.</summary>
    internal static string? AddedName(StalenessOptions staleness) =>
        StalenessPolicy.All.Contains(staleness.Policy) ? null : Describe(Policy, staleness.Policy);

    /// <summary>A consistency model as in <see cref="Added"/>; null for one that comes with ActorTrain.</summary>
    internal static string? AddedName(ConsistencyOptions consistency) =>
        ConsistencyMode.All.Contains(consistency.Mode) ? null : Describe(Model, consistency.Mode);

    /// <summary>An optimizer as in <see cref="Added"/>; null for one that comes with ActorTrain.</summary>
    internal static string? AddedName(OptimizerOptions optimizer) =>
        optimizer is CustomOptimizer ? Describe(Optimizer, optimizer.Name) : null;

    private static string Describe(string kind, string name) => $"{kind} '{name}'";

    private Algorithms Add<T>(
        Dictionary<string, T> added,
        IReadOnlyList<string> builtIn,
        string kind,
        string name,
        T create
    )
    {
        ArgumentNullException.ThrowIfNull(create);
        if (!IsName(name))
            throw new ActorTrainException(
                $"The {Describe(kind, name)} needs another name: small letters, digits and dashes."
            );
        if (builtIn.Contains(name) || !added.TryAdd(name, create))
            throw new ActorTrainException($"There is a {Describe(kind, name)} already; add this one by another name.");
        return this;
    }

    /// <summary>Whether a name is well formed.</summary>
    internal static bool IsName(string? name) =>
        name is { Length: > 0 }
        && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static TAlgorithm Create<TFactory, TAlgorithm>(
        Dictionary<string, TFactory> added,
        string kind,
        string name,
        Func<TFactory, TAlgorithm?> create
    )
        where TAlgorithm : class
    {
        if (!added.TryGetValue(name, out var factory))
        {
            var all = string.Join(", ", BuiltInOf(kind).Concat(added.Keys));
            throw new ActorTrainException($"There is no {Describe(kind, name)}; there are {all}.");
        }
        try
        {
            return create(factory)
                ?? throw new ActorTrainException($"The {Describe(kind, name)} is null; its function must create one.");
        }
        catch (Exception failure) when (failure is not (ActorTrainException or OutOfMemoryException))
        {
            throw new ActorTrainException(
                $"The {Describe(kind, name)} cannot be created: {failure.AsNamedClause()}",
                failure
            );
        }
    }

    private static IReadOnlyList<string> BuiltInOf(string kind) =>
        kind switch
        {
            Policy => StalenessPolicy.All,
            Model => ConsistencyMode.All,
            _ => OptimizerNames.All,
        };
}
