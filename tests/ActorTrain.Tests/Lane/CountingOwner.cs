using ActorTrain.Lane;

namespace ActorTrain.Tests.Lane;

/// <summary>Counts its slices that were released.</summary>
internal sealed class CountingOwner : ITensorOwner
{
    private int _released;

    public int Released => Volatile.Read(ref _released);

    void ITensorOwner.Released() => Interlocked.Increment(ref _released);
}
