using System.Globalization;
using ActorTrain;

namespace Learning;

/// <summary>A way to train with several workers.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Settings">Its settings below <c>actortrain.job</c>, which override the common ones, for a setup and a
/// number of workers.</param>
internal sealed record Method(string Name, Func<Setup, int, string> Settings);

/// <summary>
/// The methods that are compared. Settings that a method does not name are common to all: asynchronous, every gradient
/// counts in full.
/// </summary>
internal static class Methods
{
    // The part of a job over which the learning rate rises, if a method has a warm-up. Goyal et al. (2017) use 5 of 90
    // epochs; the same part of ten epochs would be a few steps.
    private const double WarmUp = 0.2;

    public static IReadOnlyList<Method> All { get; } =
    [
        new("accept", (_, _) => "staleness.policy = accept"),
        new(
            "accept-warm-up",
            (setup, _) =>
                FormattableString.Invariant($"staleness.policy = accept, schedule.warm-up = {WarmUp * setup.Epochs}")
        ),
        new("inverse", (_, _) => "staleness.policy = inverse"),
        new("staleness-aware", (_, _) => "staleness.policy = staleness-aware"),
        new("delay-threshold", (_, workers) => $"staleness {{ policy = delay-threshold, threshold = {2 * workers} }}"),
        new("dc-asgd", (_, _) => "staleness.policy = dc-asgd"),
        new("dc-asgd-adaptive", (_, _) => "staleness.policy = dc-asgd-adaptive"),
        new("gap-aware", (_, _) => "staleness.policy = gap-aware"),
        new("dana-slim", (_, _) => "staleness.policy = dana-slim"),
        new("bounded-3", (_, _) => "consistency.name = bounded, consistency.bounded.staleness = 3"),
        // The learning rate grows with the batch, after a warm-up (Goyal et al. 2017).
        new(
            "synchronous-scaled",
            (setup, workers) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Synchronous(setup.Batch * workers)}, optimizer.learning-rate = "
                        + $"{setup.LearningRate * workers}, schedule.warm-up = {WarmUp * setup.Epochs}"
                )
        ),
        // The workers share one batch, so learning does not depend on their number.
        new("synchronous-fixed", (setup, _) => $"{Synchronous(setup.Batch)}, balance.micro-batch = on"),
        new("local-steps-8", (_, _) => LocalSteps(rate: 0.7, momentum: 0.9, nesterov: "on")),
        // As DiLoCo: eight steps of every worker are one outer step.
        new(
            "local-steps-8-sync",
            (setup, workers) =>
                $"{Synchronous(8 * setup.Batch * workers)}, {LocalSteps(rate: 0.7, momentum: 0.9, nesterov: "on")}"
        ),
        // Post-local SGD: the workers' mean.
        new(
            "local-steps-8-average",
            (setup, workers) =>
                $"{Synchronous(8 * setup.Batch * workers)}, {LocalSteps(rate: 1, momentum: 0, nesterov: "off")}"
        ),
        new(
            "local-steps-8-plain",
            (_, _) => $"{LocalSteps(rate: 1, momentum: 0, nesterov: "off")}, staleness.policy = staleness-aware"
        ),
    ];

    /// <summary>Finds a method by its name.</summary>
    /// <exception cref="ActorTrainException">There is no such method.</exception>
    public static Method Find(string name) =>
        All.FirstOrDefault(method => method.Name == name)
        ?? throw new ActorTrainException(
            $"There is no method {name}; there are {string.Join(", ", All.Select(method => method.Name))}."
        );

    private static string Synchronous(int globalBatch) =>
        $"consistency.name = synchronous, consistency.synchronous.global-batch-size = {globalBatch}";

    private static string LocalSteps(double rate, double momentum, string nesterov) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"local-steps.steps = 8, local-steps.outer.learning-rate = {rate}, local-steps.outer.momentum = "
                + $"{momentum}, local-steps.outer.nesterov = {nesterov}"
        );
}
