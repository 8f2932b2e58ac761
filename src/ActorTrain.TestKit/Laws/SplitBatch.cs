using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// A batch's gradient is the mean of its parts' gradients, weighted by samples. However workers share the parts, the
/// steps equal those of one process with the whole batch.
/// </summary>
/// <remarks>
/// Measured is the distance of the weights after all steps, ‖w − w′‖/‖w′‖, from PyTorch's in double precision.
/// PyTorch's own weights in single precision have a distance of 2·10⁻⁷.
/// </remarks>
internal sealed class SplitBatch : ILaw
{
    private const double Tolerance = 1e-6;
    private static readonly int[] Workers = [2, 3, 4, 6];
    private static readonly string[] Optimizers = ["sgd", "adam"];

    /// <inheritdoc/>
    public string Name => "split batch";

    /// <inheritdoc/>
    public string Statement => "Synchronous steps with a batch in parts are those of one process with the whole batch.";

    /// <inheritdoc/>
    public string Source => "Linearity of the gradient; PyTorch's numbers";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort)
    {
        var reference = PyTorchReference.Read();
        foreach (var optimizer in Optimizers)
        {
            yield return () =>
                LawRow.AtMost(
                    $"{optimizer}, one process and PyTorch {reference.Torch}",
                    Tolerance,
                    Distance(
                        Alone(reference, optimizer).Weights,
                        (optimizer == "sgd" ? reference.Sgd : reference.Adam).Float64.Weights
                    )
                );
            foreach (var workers in Workers)
                yield return () =>
                    Row(
                        reference,
                        optimizer,
                        Plural.Format(workers, "worker"),
                        [.. Enumerable.Repeat(100.0, workers)],
                        "off"
                    );
            yield return () => Row(reference, optimizer, "3 unequal workers", [100, 50, 25], "on");
        }
    }

    private static LawRow Row(
        PyTorchReference reference,
        string optimizer,
        string workers,
        double[] speeds,
        string balance
    )
    {
        var (weights, parts) = Run(
            reference,
            optimizer,
            speeds,
            FormattableString.Invariant(
                $"consistency {{ name = synchronous, synchronous.global-batch-size = {reference.Targets.Length} }}"
            ) + $"\nbalance {{ micro-batch = {balance}, repeat = off }}"
        );
        return LawRow.AtMost(
            $"{optimizer}, {workers} and one process",
            Tolerance,
            Distance(weights, Alone(reference, optimizer).Weights)
        ) with
        {
            Note = $"in parts of {string.Join(", ", parts)} samples",
        };
    }

    private static (double[] Weights, IReadOnlyCollection<int> Parts) Alone(
        PyTorchReference reference,
        string optimizer
    ) => Run(reference, optimizer, [100], "");

    private static (double[] Weights, IReadOnlyCollection<int> Parts) Run(
        PyTorchReference reference,
        string optimizer,
        double[] speeds,
        string settings
    )
    {
        var batch = reference.Targets.Length / speeds.Length;
        var learningRate = optimizer == "sgd" ? 0.1 : 0.01;
        var job = JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                FormattableString.Invariant(
                    $$"""
                    actortrain.job {
                      epochs = {{reference.Steps}}, batch-size = {{batch}}
                      minimum-workers = {{speeds.Length}}, evaluate-every = {{reference.Steps}}
                      optimizer { name = {{optimizer}}, learning-rate = {{learningRate}}, momentum = 0.9 }
                      schedule { name = constant, warm-up = 0 }
                      {{settings}}
                    }
                    """
                )
            )
        );
        var parts = new PartSizes();
        var simulation = speeds.Aggregate(
            new Simulation(Seed: 1) { Engines = new TanhNetwork(reference), Reader = parts }.WithSeed(),
            (cluster, speed) => cluster.WithWorkers(1, Speed.Exponential(speed))
        );
        return (
            [.. simulation.Run(job).ShouldSucceed().Model!.Parameters.ToArray().Select(weight => (double)weight)],
            parts.Sizes
        );
    }

    private static double Distance(double[] weights, double[] others) =>
        Math.Sqrt(
            weights.Zip(others, (one, other) => (one - other) * (one - other)).Sum()
                / others.Sum(other => other * other)
        );

    private sealed class PartSizes : ILaneReader
    {
        private readonly SortedSet<int> _sizes = [];

        public IReadOnlyCollection<int> Sizes => _sizes;

        public void Read(TimeSpan now, ITensorMessage message, IActorRef sender)
        {
            if (message is ShardProtocol.Push push)
                _sizes.Add(push.Part.Count);
        }
    }
}
