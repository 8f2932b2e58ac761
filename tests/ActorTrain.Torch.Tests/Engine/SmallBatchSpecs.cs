using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Custom;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>A batch that is too small for its statistics, and one that is too large for the device.</summary>
public sealed class SmallBatchSpecs
{
    [Fact]
    public void A_single_sample_has_finite_batch_statistics_with_fillers()
    {
        using var engine = Toy.Engine(() => Sequential(Linear(2, 8), BatchNorm1d(8), Linear(8, 4)));

        var one = Gradient(engine, [17]);

        one.ShouldAllBe(value => float.IsFinite(value));
        engine.Buffers.ToArray().ShouldAllBe(value => float.IsFinite(value));
    }

    [Fact]
    public void Without_batch_statistics_fillers_change_nothing()
    {
        using var filled = Toy.Engine(() => Sequential(Linear(2, 8), ReLU(), Linear(8, 4)));
        using var alone = new TorchModelEngineFactory(
            "toy",
            new TorchModel(() => Sequential(Linear(2, 8), ReLU(), Linear(8, 4))),
            _ => Toy.Quarters(),
            new TorchOptions("cpu", Threads: 1)
        ).Create(Jobs.Create("toy") with { MinimumMicroBatchSize = 1 });
        alone.Initialize(seed: 1);

        foreach (var (one, other) in Gradient(filled, [17, 4]).Zip(Gradient(alone, [17, 4])))
            one.ShouldBe(other, 1e-6f);
    }

    [Fact]
    public void Fillers_depend_on_the_seed_alone()
    {
        FillerSamples.Append([3, 5], 6, 100, seed: 9).ShouldBe(FillerSamples.Append([3, 5], 6, 100, seed: 9));
        FillerSamples.Append([3, 5], 6, 100, seed: 9).ShouldNotBe(FillerSamples.Append([3, 5], 6, 100, seed: 10));
        FillerSamples.Append([3, 5], 6, 100, seed: 9).Distinct().Count().ShouldBe(6);
        FillerSamples.Append([3, 5], 6, 100, seed: 9)[..2].ShouldBe([3, 5]);
    }

    [Fact]
    public void Of_few_samples_all_are_fillers() =>
        FillerSamples.Append([2], 8, 3, seed: 1).Order().ShouldBe([0, 1, 2]);

    [Fact]
    public void Outputs_without_the_dimension_of_the_batch_are_named_where_fillers_must_be_removed() =>
        Toy.Complaint(
                new TorchModel(() => new Summed())
                {
                    Loss = (outputs, _) => outputs.sum(),
                    Metric = (_, targets) => zeros(targets.shape[0]),
                },
                samples: 3
            )
            .ShouldBe("model toy: its outputs are [4] for a batch of 8; their first dimension must be the batch's");

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void An_evaluation_batch_beyond_the_memory_is_halved_with_the_same_result(int batch)
    {
        using var whole = Engine(most: int.MaxValue, batch);
        using var halved = Engine(most: 30, batch);

        var expected = whole.Evaluate(default);
        var evaluation = halved.Evaluate(default);

        evaluation.Loss.ShouldBe(expected.Loss, 1e-6);
        (evaluation.Accuracy, evaluation.Samples).ShouldBe((expected.Accuracy, 256));

        static IGradientEngine Engine(int most, int batch)
        {
            var engine = new TorchModelEngineFactory(
                "toy",
                new TorchModel(() => new Hungry(most)),
                _ => Toy.Quarters(),
                new TorchOptions("cpu", Threads: 1)
            ).Create(Jobs.Create("toy") with { EvaluationBatchSize = batch });
            engine.Initialize(seed: 1);
            return engine;
        }
    }

    [Fact]
    public void A_training_sample_that_is_not_finite_is_named_by_its_index() =>
        Toy.Complaint(new TorchModel(() => Sequential(Linear(1, 1))), WithNaN(train: 5))
            .ShouldBe(
                "data set holes: training sample 5 holds a number that is not finite in its input; leave it out, or "
                    + "put a number in its place"
            );

    [Fact]
    public void A_test_sample_that_is_not_finite_is_named_and_gives_no_accuracy()
    {
        using var engine = Toy.Engine(() => Sequential(Linear(1, 1)), WithNaN(test: 6));

        Should
            .Throw<ActorTrainException>(() => engine.Evaluate(default))
            .Message.ShouldBe(
                "data set holes: test sample 6 holds a number that is not finite in its target; leave it out, or put "
                    + "a number in its place"
            );
    }

    private static ArrayDataset WithNaN(int train = -1, int test = -1)
    {
        var (inputs, targets) = (new float[20], new float[20]);
        if (train >= 0)
            inputs[train] = float.NaN;
        if (test >= 0)
            targets[test] = float.PositiveInfinity;
        return ArrayDataset.ForRegression(
            "holes",
            [1],
            [1],
            new Samples(inputs, new float[20]),
            new Samples(new float[20], targets)
        );
    }

    private static float[] Gradient(IGradientEngine engine, int[] samples)
    {
        var gradient = new float[engine.Parameters.Length];
        engine.ComputeGradient(samples, seed: 3, gradient);
        return gradient;
    }

    private sealed class Summed : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _layer = Linear(2, 4);

        public Summed()
            : base("summed") => RegisterComponents();

        public override Tensor forward(Tensor input) => _layer.call(input).sum([0L]);
    }

    /// <summary>Fails on batches of more samples than a maximum, as without memory.</summary>
    private sealed class Hungry : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _layer = Linear(2, 4);
        private readonly int _most;

        public Hungry(int most)
            : base("hungry")
        {
            _most = most;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) =>
            input.shape[0] > _most ? throw new InsufficientMemoryException("not enough") : _layer.call(input);
    }
}
