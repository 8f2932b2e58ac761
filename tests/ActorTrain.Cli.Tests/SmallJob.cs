namespace ActorTrain.Cli.Tests;

/// <summary>A job of a few seconds, as options of the command.</summary>
internal static class SmallJob
{
    /// <summary>The model and the built-in data.</summary>
    public static readonly string[] Options =
    [
        "--model",
        "mlp",
        "--hidden",
        "32",
        "--source",
        "built-in",
        "--momentum",
        "0",
    ];

    /// <summary>Submits it to a cluster that may not run yet.</summary>
    public static string[] Train(string cluster, params string[] more) =>
        ["train", "--join", cluster, "--wait", "60", .. Options, .. more];
}
