using System.Globalization;
using ActorTrain.Sentences;

namespace ActorTrain.Engines;

/// <summary>The device that a worker computes on.</summary>
/// <param name="Kind"><c>cpu</c> or <c>cuda:i</c>.</param>
/// <param name="Name">Its product name.</param>
/// <param name="Threads">CPU threads the engine uses.</param>
/// <param name="MemoryBytes">Memory it can use; 0 where that is not known.</param>
public sealed record DeviceDescription(string Kind, string Name, int Threads, long MemoryBytes = 0)
{
    /// <summary>
    /// Why it uses this number of threads, as a phrase that follows the number; null where the user set it.
    /// </summary>
    public string? ThreadsReason { get; init; }

    /// <summary>Whether it is a GPU: GPUs get work first.</summary>
    public bool IsGpu => Kind != "cpu";

    /// <summary>The device as text.</summary>
    public override string ToString() =>
        $"{Kind} ({Name}) with {Plural.Format(Threads, "thread")}"
        + (ThreadsReason is null ? "" : $" ({ThreadsReason})")
        + (
            MemoryBytes > 0
                ? string.Create(CultureInfo.InvariantCulture, $" and {MemoryBytes / (double)(1L << 30):0.#} GiB")
                : ""
        );
}
