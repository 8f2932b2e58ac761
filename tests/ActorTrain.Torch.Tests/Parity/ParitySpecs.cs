using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Saving;
using ActorTrain.Staleness;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Engine;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Parity;

/// <summary>
/// The parity table: the model that one worker of a real cluster has saved after 50 steps equals the state dictionary
/// of a plain TorchSharp loop in names, types and values, for modules as users write them.
/// </summary>
public sealed class ParitySpecs(ParityCluster cluster) : IClassFixture<ParityCluster>
{
    private const int Steps = 50,
        Batch = 16;

    /// <summary>A row of the table.</summary>
    private sealed record Row(Func<Module<Tensor, Tensor>> Build, IDataset Data)
    {
        public Func<Tensor, Tensor, Tensor>? Loss { get; init; }

        public OptimizerOptions Optimizer { get; init; } = Sgd;

        public int Batch { get; init; } = ParitySpecs.Batch;

        public int Epochs { get; init; } = 1;
    }

    private static readonly Sgd Sgd = new(0.05) { WeightDecay = 0.01 };

    private static readonly Adam Adam = new(0.003) { WeightDecay = 0.01 };

    private static readonly Dictionary<string, Row> Table = new()
    {
        ["linear"] = new(() => Sequential(Linear(8, 16), ReLU(), Linear(16, 4)), Vectors()),
        ["batch normalisation"] = new(
            () => Sequential(Linear(8, 16), BatchNorm1d(16), ReLU(), Linear(16, 4)),
            Vectors()
        ),
        ["batch normalisation and a leftover of one"] = new(
            () => Sequential(Linear(8, 16), BatchNorm1d(16), ReLU(), Linear(16, 4)),
            Vectors(Steps * Batch + 1)
        ),
        ["dropout"] = new(() => new Dropping(), Vectors()),
        ["dropout of TorchSharp's layers alone"] = new(
            () => Sequential(Linear(8, 16), ReLU(), Dropout(0.3), Linear(16, 4)),
            Vectors()
        ),
        ["noise and stochastic depth"] = new(() => new Noisy(), Vectors()),
        ["buffers of every type"] = new(() => new Buffered(), Vectors()),
        ["unused branches"] = new(() => new Branching(), Vectors()),
        ["unused branches, adam"] = new(() => new Branching(), Vectors()) { Optimizer = Adam },
        ["unused branches, adamw"] = new(() => new Branching(), Vectors())
        {
            Optimizer = new AdamW(0.003) { WeightDecay = 0.01 },
        },
        ["mixture of experts"] = new(() => new Experts(), Vectors()),
        ["mixture of experts, adam"] = new(() => new Experts(), Vectors()) { Optimizer = Adam },
        ["a layer used twice"] = new(() => new UsedTwice(), Vectors()),
        ["weights tied by the setter"] = new(() => new TiedBySetter(), Vectors()),
        ["carried state and a counter"] = new(() => new Carrying(), Vectors()),
        ["views of images"] = new(() => new Viewing(), Data([3, 6, 6])),
        ["views of what is no image"] = new(() => new Planes(), Data([2, 3, 4])),
        ["convolutions"] = new(
            () =>
                Sequential(
                    Conv2d(3, 6, kernel_size: 3),
                    BatchNorm2d(6),
                    ReLU(),
                    MaxPool2d(2),
                    Flatten(),
                    Linear(24, 4)
                ),
            Data([3, 6, 6])
        ),
        ["convolutions and dropout"] = new(
            () =>
                Sequential(Conv2d(3, 6, kernel_size: 3), Dropout(0.3), ReLU(), MaxPool2d(2), Flatten(), Linear(24, 4)),
            Data([3, 6, 6])
        ),
        ["a layer that is set to evaluation"] = new(() => new Remembering("evaluation"), Vectors()),
        ["an input that is kept"] = new(() => new Remembering("input"), Vectors()),
        ["tensors in a dictionary, an object and a closure"] = new(() => new Remembering("anywhere"), Vectors()),
        ["a frozen helper in an array"] = new(() => new Remembering("helper"), Vectors()),
        ["sparse gradients"] = new(() => new Remembering("sparse"), Vectors())
        {
            Optimizer = Sgd with { WeightDecay = 0 },
        },
        ["lstm"] = new(() => new Recurrent(isLstm: true), Data([5, 4])),
        ["gru"] = new(() => new Recurrent(isLstm: false), Data([5, 4])),
        ["multi-head attention"] = new(() => new Attending(), Data([5, 8])),
        ["gpt with tied weights"] = new(() => new Gpt(), Sentences()) { Loss = Gpt.Loss, Optimizer = Adam },
        ["gpt with tied weights, sgd"] = new(() => new Gpt(), Sentences()) { Loss = Gpt.Loss },
        ["variational autoencoder"] = new(() => new Vae(), Numbers()) { Loss = Vae.Loss },
        ["frozen layers"] = new(() => new Frozen(), Vectors()),
        ["20 rows at batch 64"] = new(() => Sequential(Linear(8, 16), BatchNorm1d(16), Linear(16, 4)), Vectors(20))
        {
            Batch = 64,
            Epochs = 10,
        },
        ["3 rows at batch 16"] = new(() => Sequential(Linear(8, 16), ReLU(), Linear(16, 4)), Vectors(3))
        {
            Epochs = 10,
        },
    };

    public static TheoryData<string> Rows => [.. Table.Keys];

    [Theory, MemberData(nameof(Rows))]
    public async Task The_saved_model_equals_that_of_a_plain_loop(string name)
    {
        var row = Table[name];
        var model = new TorchModel(row.Build) { Loss = row.Loss };
        var job = JobOf(row);

        var (saved, report) = await cluster.Train(job, model, row.Data);

        report.SamplesApplied.ShouldBe((long)row.Epochs * row.Data.Description.TrainSamples);
        ShouldBeAlike(saved, PlainTraining.Run(row.Build, job, row.Data, model));
        ShouldLoadStrictly(saved, row.Build);
    }

    /// <summary>No kind of update changes parameters without a gradient.</summary>
    [Theory]
    [InlineData("several shards")]
    [InlineData("synchronous")]
    [InlineData("local steps")]
    [InlineData("dc-asgd")]
    [InlineData("gap-aware")]
    public async Task An_expert_that_was_not_chosen_does_not_change(string how)
    {
        var row = Table["mixture of experts"];
        var job = JobOf(row);
        job = how switch
        {
            "several shards" => job with { Shards = 5 },
            "synchronous" => job with
            {
                Shards = 3,
                Consistency = job.Consistency with
                {
                    Mode = ConsistencyMode.Synchronous,
                    Synchronous = new SynchronousOptions(Batch, BackupWorkers: 0, Deterministic: false),
                },
            },
            "local steps" => job with { Shards = 3, LocalSteps = job.LocalSteps with { Steps = 5 } },
            "dc-asgd" => job with { Staleness = job.Staleness with { Policy = StalenessPolicy.DcAsgd } },
            _ => job with { Staleness = job.Staleness with { Policy = StalenessPolicy.GapAware } },
        };

        var (saved, _) = await cluster.Train(job, new TorchModel(row.Build), row.Data);

        ShouldBeAlike(saved, PlainTraining.Run(row.Build, job, row.Data, new TorchModel(row.Build)));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        var row = Table["noise and stochastic depth"];

        var (once, _) = await cluster.Train(JobOf(row), new TorchModel(row.Build), row.Data);
        var (again, _) = await cluster.Train(JobOf(row), new TorchModel(row.Build), row.Data);
        var (other, _) = await cluster.Train(JobOf(row) with { Seed = 2 }, new TorchModel(row.Build), row.Data);

        Bits(again).ShouldBe(Bits(once));
        Bits(other).ShouldNotBe(Bits(once));
    }

    /// <summary>An epoch is evaluated at its own weights, however soon the next epoch begins.</summary>
    [Fact]
    public async Task An_epoch_is_evaluated_at_its_own_weights_even_if_epochs_take_milliseconds()
    {
        var row = new Row(() => Sequential(Linear(8, 8), BatchNorm1d(8), Linear(8, 4)), Vectors(64)) { Epochs = 40 };

        var (_, long_) = await cluster.Train(JobOf(row), new TorchModel(row.Build), row.Data);
        foreach (var epochs in new[] { 1, 7, 23 })
        {
            var (_, until) = await cluster.Train(
                JobOf(row) with
                {
                    Epochs = epochs,
                },
                new TorchModel(row.Build),
                row.Data
            );
            (long_.Epochs[epochs - 1].TestLoss, long_.Epochs[epochs - 1].TestAccuracy).ShouldBe(
                (until.Epochs[^1].TestLoss, until.Epochs[^1].TestAccuracy),
                customMessage: $"epoch {epochs}"
            );
        }
    }

    private static JobOptions JobOf(Row row) =>
        Jobs.Create("own") with
        {
            Epochs = row.Epochs,
            BatchSize = row.Batch,
            Optimizer = row.Optimizer,
            Shards = 1,
        };

    // Names, types and whole numbers are the same, all fractions together to within a millionth of their size. (Alone,
    // a bias before a BatchNorm differs by more: its true gradient is zero, and what it has is rounding.)
    private static void ShouldBeAlike(
        SavedModel saved,
        IReadOnlyDictionary<string, (ScalarType Type, byte[] Bytes)> plain
    )
    {
        saved.Tensors.Keys.Order().ShouldBe(plain.Keys.Order());
        var (difference, size) = (0.0, 0.0);
        foreach (var (name, (type, bytes)) in plain)
        {
            var tensor = saved.Tensors[name];
            tensor.Type.ShouldBe(Flattening.TypeOf(type)!.Value, name);
            if (!tensor.Type.IsFloat())
                tensor.Bytes.ToArray().ShouldBe(bytes, name);
            for (var i = 0; i < tensor.Bytes.Length / tensor.Type.Size(); i++)
            {
                var (ours, theirs) = (tensor.Type.Read(tensor.Bytes.Span, i), tensor.Type.Read(bytes, i));
                // The difference of infinities is NaN.
                if (ours.Equals(theirs) && !double.IsFinite(theirs))
                    continue;
                (difference, size) = (difference + Math.Pow(ours - theirs, 2), size + theirs * theirs);
            }
        }
        Math.Sqrt(difference / size).ShouldBeLessThan(1e-6);
    }

    // As TorchSharp's load does it: every name is asked for, and none is left; tied weights are tied afterwards.
    private static void ShouldLoadStrictly(SavedModel saved, Func<Module<Tensor, Tensor>> build)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var module = build();
        var state = module.state_dict();
        state.Keys.Order().ShouldBe(saved.Tensors.Keys.Order());
        foreach (var (name, tensor) in state)
        {
            tensor.shape.ShouldBe(saved.Tensors[name].Shape);
            var values = zeros(tensor.shape, dtype: tensor.dtype);
            saved.Tensors[name].Bytes.Span.CopyTo(values.bytes);
            tensor.copy_(values);
        }
        foreach (var (name, tensor) in module.state_dict())
            tensor.contiguous().bytes.ToArray().ShouldBe(saved.Tensors[name].Bytes.ToArray(), name);
    }

    private static string Bits(SavedModel saved) =>
        string.Join(
            ' ',
            saved.Tensors.OrderBy(pair => pair.Key).Select(pair => Convert.ToHexString(pair.Value.Bytes.Span))
        );

    private static ArrayDataset Vectors(int samples = Steps * Batch) => Data([8], samples);

    private static ArrayDataset Data(long[] shape, int samples = Steps * Batch)
    {
        var random = new SplitMix64(7);
        var length = (int)shape.Aggregate(1L, (product, size) => product * size);
        return ArrayDataset.ForClassification("parity", shape, 4, Some(samples), Some(40));

        Samples Some(int count)
        {
            var (inputs, classes) = (new float[count * length], new int[count]);
            for (var i = 0; i < inputs.Length; i++)
                inputs[i] = 2 * random.NextFloat() - 1;
            for (var i = 0; i < count; i++)
                classes[i] = (inputs[i * length] > 0 ? 1 : 0) + (inputs[i * length + 1] > 0 ? 2 : 0);
            return Samples.From(inputs, classes);
        }
    }

    private static ArrayDataset Numbers()
    {
        var random = new SplitMix64(9);
        var values = Enumerable.Range(0, Steps * Batch * 8).Select(_ => random.NextFloat()).ToArray();
        return ArrayDataset.ForRegression("pictures", [8], [8], new Samples(values, values), Samples.None);
    }

    private static ArrayDataset Sentences()
    {
        var random = new SplitMix64(11);
        var (tokens, next) = (new float[Steps * Batch * 6], new float[Steps * Batch * 6]);
        for (var i = 0; i < tokens.Length; i++)
            (tokens[i], next[i]) = (random.NextBelow(11), i % 6 == 5 ? 0 : 1);
        for (var i = 0; i < tokens.Length; i++)
            next[i] = i % 6 == 5 ? 0 : tokens[i + 1];
        return ArrayDataset.ForRegression("sentences", [6], [6], new Samples(tokens, next), Samples.None);
    }
}
