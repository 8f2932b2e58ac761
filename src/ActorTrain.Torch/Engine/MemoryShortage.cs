using ActorTrain.Sentences;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Tells libtorch's shortage of memory from its other errors: a smaller batch is a remedy for this one alone.
/// </summary>
internal static class MemoryShortage
{
    // libtorch reports all errors alike; only its words differ, by device and by system.
    private static readonly string[] Words = ["out of memory", "can't allocate memory", "not enough memory"];

    /// <summary>Whether an error of this message is one.</summary>
    public static bool Is(string message) =>
        Words.Any(words => message.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>The error as .NET knows it.</summary>
    public static InsufficientMemoryException Of(Exception error, int samples) =>
        new(
            $"The device's memory does not suffice for a batch of {Plural.Of(samples, "sample")}: "
                + $"{error.Message.Split('\n')[0].AsClause()}",
            error
        );
}
