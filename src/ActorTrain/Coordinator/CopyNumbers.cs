using System.Text;

namespace ActorTrain.Coordinator;

/// <summary>
/// Numbers of snapshots: a later round has a larger one, and two coordinators never give the same, although the second
/// may not know all that the first gave.
/// </summary>
internal static class CopyNumbers
{
    // The low bits tell coordinators apart.
    private const int Bits = 24;

    /// <summary>The first number of a coordinator.</summary>
    /// <param name="newest">The newest number that it knows; 0 for none.</param>
    /// <param name="id">An id that no other has.</param>
    public static long First(long newest, string id)
    {
        // FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv.
        var hash = 2_166_136_261u;
        foreach (var octet in Encoding.UTF8.GetBytes(id))
            hash = (hash ^ octet) * 16_777_619;
        return (((newest >> Bits) + 1) << Bits) | (hash >> (32 - Bits));
    }

    /// <summary>The number after another.</summary>
    public static long Next(long number) => number + (1L << Bits);
}
