using ActorTrain.Sentences;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Distinguishes libtorch's shortage of memory from its other errors: only for this one a smaller batch helps.
/// </summary>
internal static class MemoryShortage
{
    // libtorch reports all errors as one type; only their texts differ, by device and by system.
    private static readonly string[] Texts = ["out of memory", "can't allocate memory", "not enough memory"];

    /// <summary>Whether an error with this message is a shortage of memory.</summary>
    public static bool Is(string message) =>
        Texts.Any(text => message.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The error as an exception of .NET for it.</summary>
    public static InsufficientMemoryException Create(Exception error, int samples) =>
        new(
            $"The device's memory does not suffice for a batch of {Plural.Format(samples, "sample")}: "
                + $"{error.Message.Split('\n')[0].AsClause()}",
            error
        );
}
