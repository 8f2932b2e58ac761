using TorchSharp;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// TorchSharp has one random generator a process. Whatever may draw from it takes its turn here, with a seed of its
/// own: so what it draws is a function of that seed, however many engines there are in the process. Afterwards the
/// CPU's generator is as it was, for whoever else in the process uses it.
/// </summary>
internal static class RandomStream
{
    private static readonly Lock Gate = new();

    /// <summary>Runs something that may draw random numbers.</summary>
    /// <param name="seed">What they depend on.</param>
    /// <param name="draws">May run on the calling thread alone.</param>
    public static T Run<T>(long seed, Func<T> draws)
    {
        lock (Gate)
        {
            // Kept outside the caller's scope: it lives no longer than this.
            using var before = torch.random.get_rng_state().DetachFromDisposeScope();
            torch.manual_seed(seed);
            try
            {
                return draws();
            }
            finally
            {
                torch.random.set_rng_state(before);
            }
        }
    }
}
