using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// A parameter without a gradient takes no step, as in PyTorch. If its gradients are all 1, its value after n steps is
/// known: Adam's bias-corrected moments are 1, so each step moves it by η/(1 + ε); SGD with weight decay λ takes w to
/// w·(1 − ηλ)ⁿ − (1 − (1 − ηλ)ⁿ)/λ. A step, decay or momentum applied without a gradient would show.
/// </summary>
internal sealed class UnusedParameters : ILaw
{
    private const int Samples = 960,
        Batch = 8;
    private const double Rate = 0.01,
        Decay = 0.1,
        Tolerance = 1e-5;

    private static readonly string[] Optimizers = ["sgd", "adam"];
    private static readonly int[] Workers = [1, 4],
        Shards = [1, 3];

    /// <inheritdoc/>
    public string Name => "unused parameters";

    /// <inheritdoc/>
    public string Statement => "A parameter moves by as many steps as it had a gradient in, and by no other.";

    /// <inheritdoc/>
    public string Source => "PyTorch's optimizers; Kingma and Ba 2015, algorithm 1";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort) =>
        from optimizer in Optimizers
        from workers in Workers
        from shards in Shards
        select (Func<LawRow>)(() => Row(optimizer, workers, shards));

    private static LawRow Row(string optimizer, int workers, int shards)
    {
        var job = JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                FormattableString.Invariant(
                    $$"""
                    actortrain.job {
                      batch-size = {{Batch}}, minimum-workers = {{workers}}, shards = {{shards}}, epochs = 2
                      optimizer { name = {{optimizer}}, learning-rate = {{Rate}}, momentum = 0 }
                      optimizer.weight-decay = {{(optimizer == "sgd" ? Decay : 0)}}
                      schedule { name = constant, warm-up = 0 }
                      staleness.policy = accept
                      balance { micro-batch = off, repeat = off }
                    }
                    """
                )
            )
        );
        var steps = new StepsTaken();
        var cluster = new Simulation(Seed: 1) { Engines = new SparseEngines(), Reader = steps }
            .WithSeed()
            .WithWorkers(workers, Speed.Exponential(100));
        var weights = cluster.Run(job).ShouldSucceed().Model!.Parameters.Span;
        var worst = 0.0;
        for (var tensor = 0; tensor < SparseEngines.Tensors; tensor++)
        {
            var expected = Expected(optimizer, steps.CountOf(tensor));
            foreach (var weight in weights.Slice(tensor * SparseEngines.Length, SparseEngines.Length))
                worst = Math.Max(worst, Math.Abs(weight - expected) / Math.Abs(expected));
        }
        var counts = string.Join(", ", Enumerable.Range(0, SparseEngines.Tensors).Select(steps.CountOf));
        var row = LawRow.AtMost($"{optimizer}, workers: {workers}, shards: {shards}", Tolerance, worst);
        return row with { Note = $"steps of each: {counts}" };
    }

    private static double Expected(string optimizer, int steps)
    {
        if (optimizer == "adam")
            return SparseEngines.Start - steps * Rate / (1 + 1e-8);
        var kept = Math.Pow(1 - Rate * Decay, steps);
        return SparseEngines.Start * kept - (1 - kept) / Decay;
    }

    /// <summary>Counts the pushes with a gradient for each tensor.</summary>
    private sealed class StepsTaken : ILaneReader
    {
        private readonly HashSet<(SampleRange Part, int Tensor)> _steps = [];

        public int CountOf(int tensor) => _steps.Count(step => step.Tensor == tensor);

        public void Read(TimeSpan now, ITensorMessage message, IActorRef sender)
        {
            // A shard has some of the tensors, so the smallest sample tells which tensors have a gradient.
            if (message is not ShardProtocol.Push { Part: var part })
                return;
            var order = SampleOrder.Get(seed: 1, part.Epoch, Samples);
            var smallest = order.Slice(part.Start, part.Count).ToArray().Min();
            for (var tensor = 0; tensor < SparseEngines.Tensors; tensor++)
                if (SparseEngines.IsTouched(smallest, tensor))
                    _steps.Add((part, tensor));
        }
    }

    /// <summary>
    /// A model whose tensor k has a gradient in micro-batches whose smallest sample is divisible by k + 1.
    /// </summary>
    private sealed class SparseEngines : IEngineFactory
    {
        public const int Tensors = 5,
            Length = 16;
        public const float Start = 3;

        public static bool IsTouched(int smallest, int tensor) => smallest % (tensor + 1) == 0;

        public IGradientEngine Create(JobOptions job) => new Engine();

        private sealed class Engine : IGradientEngine
        {
            private readonly float[] _parameters = new float[Tensors * Length];

            public ModelDescription Model { get; } =
                new(
                    "sparse",
                    ParameterLayout.Create(
                        Enumerable.Range(0, Tensors).Select(k => ($"expert.{k}", (IReadOnlyList<long>)[Length]))
                    ),
                    ParameterLayout.Empty
                );

            public DatasetDescription Dataset { get; } = new("numbers", Samples, Samples, "00");

            public DeviceDescription Device { get; } = new("cpu", "analytic", 1, 0);

            public Memory<float> Parameters => _parameters;

            public Memory<float> Buffers => Memory<float>.Empty;

            public void Initialize(long seed) => Array.Fill(_parameters, Start);

            public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
            {
                var untouched = new List<FlatRange>();
                var smallest = samples.ToArray().Min();
                for (var k = 0; k < Tensors; k++)
                {
                    var isTouched = IsTouched(smallest, k);
                    gradient.Slice(k * Length, Length).Fill(isTouched ? 1 : 0);
                    if (isTouched)
                        continue;
                    if (untouched.Count > 0 && untouched[^1].End == k * Length)
                        untouched[^1] = untouched[^1] with { Length = untouched[^1].Length + Length };
                    else
                        untouched.Add(new FlatRange(k * Length, Length));
                }
                return new StepResult(1, 0, untouched);
            }

            public Evaluation Evaluate(CancellationToken cancellation) => new(1, 0, Samples);

            public void Dispose() { }
        }
    }
}
