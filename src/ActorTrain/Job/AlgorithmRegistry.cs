using ActorTrain.Sentences;

namespace ActorTrain.Job;

/// <summary>The algorithms of one kind that were added, by their names.</summary>
/// <typeparam name="TFactory">Creates one.</typeparam>
/// <param name="kind">What they are, such as <c>optimizer</c>.</param>
/// <param name="builtIn">The names of those that come with ActorTrain.</param>
internal sealed class AlgorithmRegistry<TFactory>(string kind, IReadOnlyList<string> builtIn)
    where TFactory : Delegate
{
    private readonly Dictionary<string, TFactory> _added = [];

    /// <summary>The names of all.</summary>
    public IReadOnlyList<string> Names => [.. builtIn, .. _added.Keys.Order()];

    /// <summary>Those that were added, as <see cref="Describe"/> names them.</summary>
    public IEnumerable<string> Added => _added.Keys.Select(Describe);

    /// <summary>One with its kind, such as <c>optimizer 'lion'</c>.</summary>
    public string Describe(string name) => $"{kind} '{name}'";

    /// <exception cref="ActorTrainException">The name is malformed, or taken.</exception>
    public void Add(string name, TFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (!IsName(name))
            throw new ActorTrainException(
                $"The {Describe(name)} needs another name: small letters, digits and dashes."
            );
        if (builtIn.Contains(name) || !_added.TryAdd(name, factory))
            throw new ActorTrainException($"There is a {Describe(name)} already; add this one by another name.");
    }

    /// <summary>Creates one that was added.</summary>
    /// <exception cref="ActorTrainException">There is none of that name, or it cannot be created.</exception>
    public T Create<T>(string name, Func<TFactory, T?> create)
        where T : class
    {
        if (!_added.TryGetValue(name, out var factory))
            throw new ActorTrainException($"There is no {Describe(name)}; there are {string.Join(", ", Names)}.");
        try
        {
            return create(factory)
                ?? throw new ActorTrainException($"The {Describe(name)} is null; its function must create one.");
        }
        catch (Exception failure) when (failure is not (ActorTrainException or OutOfMemoryException))
        {
            throw new ActorTrainException($"The {Describe(name)} cannot be created: {failure.AsReason()}", failure);
        }
    }

    /// <summary>The same, unchanged by what is added later.</summary>
    public AlgorithmRegistry<TFactory> Copy()
    {
        var copy = new AlgorithmRegistry<TFactory>(kind, builtIn);
        foreach (var (name, factory) in _added)
            copy._added.Add(name, factory);
        return copy;
    }

    /// <summary>Whether a name is well formed.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 }
        && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
