namespace ActorTrain;

/// <summary>
/// A small seeded generator (Steele, Lea and Flood 2014): the same seed gives the same numbers on every machine and in
/// every version of .NET.
/// </summary>
/// <param name="seed">Any number.</param>
internal struct SplitMix64(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var mixed = unchecked(_state += 0x9E3779B97F4A7C15);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to below 1, on a grid of 2⁻²⁴.</summary>
    public float NextFloat() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>
    /// From 0 to below <paramref name="bound"/>, which is 1 or more. The bias of the multiplication is below 2⁻³².
    /// </summary>
    public int NextBelow(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>One seed from three numbers.</summary>
    public static long Mix(long a, long b, long c)
    {
        var first = new SplitMix64(a);
        var second = new SplitMix64(unchecked((long)first.Next()) ^ b);
        var third = new SplitMix64(unchecked((long)second.Next()) ^ c);
        return unchecked((long)third.Next());
    }
}
