namespace ActorTrain.Settings;

/// <summary>
/// Keys and verbs that had another name in an earlier build: an error about the old name gives the new one.
/// </summary>
internal static class RenamedKeys
{
    private const string Job = "actortrain.job.";

    private static readonly Dictionary<string, string> NewNames = new()
    {
        [Job + "batch"] = Job + "batch-size",
        [Job + "clip-norm"] = Job + "gradient-clip-norm",
        [Job + "lease-batches"] = Job + "micro-batches-per-lease",
        [Job + "micro-batch-floor"] = Job + "minimum-micro-batch-size",
        [Job + "evaluation-batch"] = Job + "evaluation-batch-size",
        [Job + "overlap"] = Job + "max-in-flight-pushes",
        [Job + "payload"] = Job + "transfer-dtype",
        [Job + "staleness.lead"] = Job + "staleness.max-lease-lead",
        [Job + "consistency.bounded.most"] = Job + "consistency.bounded.max-staleness",
        [Job + "consistency.synchronous.global-batch"] = Job + "consistency.synchronous.global-batch-size",
        ["actortrain.coordinator.stop-patience"] = "actortrain.coordinator.cancel-timeout",
    };

    /// <summary>The present name of a key; null where it never had another.</summary>
    public static string? NewNameOf(string key) => NewNames.GetValueOrDefault(key);

    /// <summary>The present name of a verb; null where it never had another.</summary>
    public static string? NewVerbOf(string verb) => verb == "stop" ? "cancel" : null;

    /// <summary>
    /// The present name of a command-line option for a job setting, such as <c>--batch</c>; null where it never had
    /// another.
    /// </summary>
    public static string? NewOptionOf(string option) =>
        option.StartsWith("--", StringComparison.Ordinal) && NewNameOf(Job + option[2..]) is { } key
            ? "--" + key[Job.Length..]
            : null;
}
