using ActorTrain.Job;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using Akka.Configuration;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// A batch's gradient is the mean of its parts' gradients by their samples, so whoever computes the parts, the steps are those of one process with the whole batch.
/// </summary>
/// <remarks>
/// Measured is the distance of the weights after all steps, ‖w − w′‖/‖w′‖: to PyTorch's in double precision, which its own in single precision is 2·10⁻⁷ away from.
/// </remarks>
internal sealed class SplitBatch : ILaw
{
    private const double Tolerance = 1e-6;
    private static readonly string[] Optimizers = ["sgd", "adam"];

    /// <inheritdoc/>
    public string Name => "split batch";

    /// <inheritdoc/>
    public string Statement => "Synchronous steps with a batch in parts are those of one process with the whole batch.";

    /// <inheritdoc/>
    public string Source => "Linearity of the gradient; PyTorch's numbers";

    /// <inheritdoc/>
    public IEnumerable<LawRow> Measure(Effort effort)
    {
        var reference = PyTorchReference.Read();
        foreach (var optimizer in Optimizers)
        {
            var alone = Weights(reference, optimizer, workers: 1, "");
            var torch = (optimizer == "sgd" ? reference.Sgd : reference.Adam).Float64.Weights;
            yield return LawRow.AtMost($"{optimizer}, one process and PyTorch {reference.Torch}", Tolerance, Distance(alone, torch));
        }
    }

    private static double[] Weights(PyTorchReference reference, string optimizer, int workers, string more)
    {
        var job = JobOptionsReader.Read(ConfigurationFactory.ParseString(FormattableString.Invariant($$"""
            actortrain.job {
              epochs = {{reference.Steps}}, batch = {{reference.Targets.Length / workers}}, minimum-workers = {{workers}}, evaluate-every = {{reference.Steps}}
              optimizer { name = {{optimizer}}, learning-rate = {{(optimizer == "sgd" ? 0.1 : 0.01)}}, momentum = 0.9 }
              schedule { name = constant, warm-up = 0 }
              {{more}}
            }
            """)));
        var result = new Simulation(Seed: workers) { Engines = new TanhNetwork(reference), Links = NetworkOptions.Default }
            .WithSeed().WithWorkers(workers, Speed.Exponential(100)).Run(job).ShouldBeSound();
        return [.. result.Model!.Parameters.ToArray().Select(weight => (double)weight)];
    }

    private static double Distance(double[] weights, double[] others) =>
        Math.Sqrt(weights.Zip(others, (one, other) => (one - other) * (one - other)).Sum() / others.Sum(other => other * other));
}
