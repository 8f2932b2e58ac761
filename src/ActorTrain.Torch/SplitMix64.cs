namespace ActorTrain.Torch;

/// <summary>A small seeded generator (Steele, Lea and Flood 2014): the same seed gives the same numbers on every machine and in every version of .NET.</summary>
internal struct SplitMix64(long seed)
{
    private ulong _state = (ulong)seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to below 1, on a grid of 2⁻²⁴.</summary>
    public float NextFloat() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>From 0 to below a small bound.</summary>
    public int NextBelow(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);
}
