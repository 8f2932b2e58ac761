namespace ActorTrain.Leases;

/// <summary>The generator of Steele, Lea and Flood 2014: the same numbers on every machine and in every version of the runtime.</summary>
internal struct SplitMix64(ulong state)
{
    private ulong _state = state;

    public ulong Next()
    {
        var z = unchecked(_state += 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }

    /// <summary>A number in [0, <paramref name="bound"/>). The bias of the multiplication is below 2⁻³² for any int bound.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>One seed from three numbers.</summary>
    public static ulong Mix(long a, long b, long c)
    {
        var first = new SplitMix64(unchecked((ulong)a));
        var second = new SplitMix64(first.Next() ^ unchecked((ulong)b));
        var third = new SplitMix64(second.Next() ^ unchecked((ulong)c));
        return third.Next();
    }
}
