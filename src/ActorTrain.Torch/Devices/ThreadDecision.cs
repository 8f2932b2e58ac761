using ActorTrain.Sentences;

namespace ActorTrain.Torch.Devices;

/// <summary>A number of CPU threads for an engine.</summary>
/// <param name="Threads">How many, ≥ 1.</param>
/// <param name="Reason">Why so many, as a phrase that follows the number; null where the node's user gave it.</param>
internal sealed record ThreadChoice(int Threads, string? Reason);

/// <summary>The other workers of a machine.</summary>
/// <param name="Taken">Threads of the workers whose users gave a number.</param>
/// <param name="Sharing">Workers that share the rest, as this one does.</param>
/// <param name="Before">Those of them that come before this one, in an order that all workers agree on.</param>
internal readonly record struct OtherWorkers(int Taken, int Sharing, int Before);

/// <summary>How fast an engine is with a number of threads.</summary>
/// <param name="Threads">The threads.</param>
/// <param name="SamplesPerSecond">Its speed; 0 where it is not known.</param>
internal readonly record struct ThreadSpeed(int Threads, double SamplesPerSecond);

/// <summary>
/// Decides how many threads an engine uses whose node's user gave no number: those that other workers leave, as far as
/// they speed up the engine. On a machine with other work more threads may be slower: they wait for each other many
/// times in a step, so all of them wait while one of them has no core.
/// </summary>
internal static class ThreadDecision
{
    /// <summary>How much faster more threads must be, since the cores have other uses.</summary>
    private const double Gain = 1.1;

    /// <summary>The threads that other workers leave.</summary>
    /// <param name="processors">Processors that this process may use, by its affinity and its control group.</param>
    /// <param name="others">The other workers of the machine.</param>
    public static ThreadChoice Share(int processors, OtherWorkers others)
    {
        var workers = others.Sharing + 1;
        var left = Math.Max(0, processors - others.Taken);
        // The remainder goes to the workers that came first.
        var share = Math.Max(1, left / workers + (others.Before < left % workers ? 1 : 0));
        var all = Plural.Format(processors, "processor");
        if (others is { Taken: 0, Sharing: 0 })
            return new(share, processors == 1 ? $"for {all}" : $"one for each of {all}");
        var with = others.Sharing > 0 ? $"shared with {Plural.Format(others.Sharing, "other worker")}" : "";
        var less = others.Taken > 0 ? $"less {Plural.Number(others.Taken)} that others were given" : "";
        return new(share, $"of {all}, {string.Join(", ", new[] { less, with }.Where(part => part.Length > 0))}");
    }

    /// <summary>Numbers of threads to try, in order: 1, 2, 4 and so on, and the share itself.</summary>
    public static IEnumerable<int> Candidates(int share)
    {
        for (var threads = 1; threads < share; threads *= 2)
            yield return threads;
        yield return share;
    }

    /// <summary>The smallest number that was tried and that no larger one beats by a tenth.</summary>
    /// <param name="share">The threads that other workers leave.</param>
    /// <param name="speeds">The numbers that were tried; where there are none, the share is chosen.</param>
    public static ThreadChoice Fastest(ThreadChoice share, IReadOnlyList<ThreadSpeed> speeds)
    {
        if (speeds.Count == 0 || speeds.Any(speed => speed.SamplesPerSecond <= 0))
            return share;
        var fastest = speeds.MaxBy(speed => speed.SamplesPerSecond);
        var enough = speeds
            .OrderBy(speed => speed.Threads)
            .First(speed => speed.SamplesPerSecond * Gain >= fastest.SamplesPerSecond);
        if (enough.Threads == share.Threads)
            return share;
        var most = speeds.MaxBy(speed => speed.Threads);
        return new(
            enough.Threads,
            $"tried: {Rate.Format(enough.SamplesPerSecond)} samples/s, {Rate.Format(most.SamplesPerSecond)} with "
                + $"{most.Threads}"
        );
    }
}
