using System.Collections.Concurrent;

namespace ActorTrain.Lane;

/// <summary>Which actors of this node receive payloads of which lengths.</summary>
internal sealed class Admissions
{
    private readonly ConcurrentDictionary<string, IReadOnlySet<int>> _lengths = [];

    public IDisposable Add(string path, IReadOnlySet<int> lengths)
    {
        _lengths[path] = lengths;
        return new Admission(this, path);
    }

    /// <summary>Whether a payload may be received: null when nobody receives at that path (any more).</summary>
    public bool? Allows(string path, int length) => _lengths.TryGetValue(path, out var lengths) ? lengths.Contains(length) : null;

    private sealed class Admission(Admissions admissions, string path) : IDisposable
    {
        public void Dispose() => admissions._lengths.TryRemove(path, out _);
    }
}
