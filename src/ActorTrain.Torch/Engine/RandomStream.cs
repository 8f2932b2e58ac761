using TorchSharp;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// TorchSharp has one random generator a process. Code that may draw from it runs here, one piece at a time and each
/// with its own seed: so what it draws is a function of that seed, however many engines the process has. Afterwards the
/// CPU's generator is as it was, for other code of the process.
/// </summary>
internal static class RandomStream
{
    private static readonly Lock Gate = new();

    /// <summary>Runs something that may draw random numbers.</summary>
    /// <param name="seed">Determines the numbers.</param>
    /// <param name="draws">Must draw on the calling thread only.</param>
    public static T Run<T>(long seed, Func<T> draws)
    {
        lock (Gate)
        {
            // Detached from the caller's scope, since it is disposed of here.
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
