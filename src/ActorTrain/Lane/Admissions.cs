using System.Collections.Concurrent;
using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>The actors of this node that receive payloads, with the lengths that each expects.</summary>
internal sealed class Admissions
{
    private readonly ConcurrentDictionary<string, (IActorRef Receiver, IReadOnlySet<int> Lengths)> _admitted = [];

    /// <summary>All actors that receive payloads.</summary>
    public IEnumerable<IActorRef> Receivers => _admitted.Values.Select(admitted => admitted.Receiver);

    public IDisposable Add(string path, IActorRef receiver, IReadOnlySet<int> lengths)
    {
        _admitted[path] = (receiver, lengths);
        return new Admission(this, path);
    }

    /// <summary>Whether a payload may be received: null when no actor receives at that path (any more).</summary>
    public bool? Allows(string path, int length) =>
        _admitted.TryGetValue(path, out var admitted) ? admitted.Lengths.Contains(length) : null;

    private sealed class Admission(Admissions admissions, string path) : IDisposable
    {
        public void Dispose() => admissions._admitted.TryRemove(path, out _);
    }
}
