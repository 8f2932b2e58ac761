using System.Globalization;
using ActorTrain.Sentences;

namespace ActorTrain.Torch.Devices;

/// <summary>A number of CPU threads for an engine.</summary>
/// <param name="Threads">How many, ≥ 1.</param>
/// <param name="Reason">Why so many, in words that follow the number; null where the node's user said so.</param>
internal sealed record ThreadChoice(int Threads, string? Reason);

/// <summary>The other workers of a machine.</summary>
/// <param name="Taken">Threads of those whose users said how many.</param>
/// <param name="Sharing">Those that share what is left, as this one does.</param>
/// <param name="Before">Those of them that come before this one, in an order that all know.</param>
internal readonly record struct OtherWorkers(int Taken, int Sharing, int Before);

/// <summary>How fast an engine is with a number of threads.</summary>
/// <param name="Threads">The threads.</param>
/// <param name="SamplesPerSecond">Its speed; 0 where it is not known.</param>
internal readonly record struct ThreadSpeed(int Threads, double SamplesPerSecond);

/// <summary>
/// How many threads an engine uses whose node's user has not said: what other workers leave of the machine, and of
/// that no more than make it faster. The second is what a machine that has other work decides: threads wait for each
/// other many times in a step, and where one of them has no core, all of them wait for the system's next turn.
/// </summary>
internal static class ThreadDecision
{
    /// <summary>What a number of threads must gain on a smaller one: the cores have other uses.</summary>
    private const double Gain = 1.1;

    /// <summary>What other workers leave.</summary>
    /// <param name="processors">Processors that this process may use, by its affinity and its control group.</param>
    /// <param name="others">The other workers of the machine.</param>
    public static ThreadChoice Share(int processors, OtherWorkers others)
    {
        var workers = others.Sharing + 1;
        var left = Math.Max(0, processors - others.Taken);
        // What does not divide goes to those that came first.
        var share = Math.Max(1, left / workers + (others.Before < left % workers ? 1 : 0));
        var all = Plural.Of(processors, "processor");
        if (others is { Taken: 0, Sharing: 0 })
            return new(share, processors == 1 ? $"for {all}" : $"one for each of {all}");
        var with = others.Sharing > 0 ? $"shared with {Plural.Of(others.Sharing, "other worker")}" : "";
        var less = others.Taken > 0 ? $"less {Plural.Number(others.Taken)} that others were given" : "";
        return new(share, $"of {all}, {string.Join(", ", new[] { less, with }.Where(words => words.Length > 0))}");
    }

    /// <summary>Numbers of threads to try, in order: 1, 2, 4 and so on, and the share itself.</summary>
    public static IEnumerable<int> Candidates(int share)
    {
        for (var threads = 1; threads < share; threads *= 2)
            yield return threads;
        yield return share;
    }

    /// <summary>The fewest threads of those tried that no more would make a tenth faster.</summary>
    /// <param name="share">What other workers leave.</param>
    /// <param name="speeds">What was tried; where nothing was, it is the share.</param>
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
            $"tried: {Rate.Of(enough.SamplesPerSecond)} samples/s, {Rate.Of(most.SamplesPerSecond)} with {most.Threads}"
        );
    }
}
