using System.Text.Json;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Engine;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Parity;

/// <summary>Compares one worker of a real cluster with PyTorch: PyTorch/reference.py has written its results.</summary>
public sealed class PyTorchSpecs(ParityCluster cluster) : IClassFixture<ParityCluster>
{
    private const int Steps = 50,
        Batch = 16,
        Inputs = 8,
        Classes = 4;

    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Modules = new()
    {
        ["normalised"] = () => Sequential(Linear(Inputs, 16), BatchNorm1d(16), ReLU(), Linear(16, Classes)),
        ["experts"] = () => new Experts(),
        ["branching"] = () => new Branching(),
        ["tied"] = () => new TiedBySetter(),
        ["lstm"] = () => new Halved(new Recurrent(isLstm: true)),
        ["gru"] = () => new Halved(new Recurrent(isLstm: false)),
    };

    private static readonly JsonElement Reference = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Parity", "PyTorch", "reference.json")))
        .RootElement;

    public static TheoryData<string> Rows =>
        [.. Reference.GetProperty("rows").EnumerateObject().Select(row => row.Name)];

    [Theory, MemberData(nameof(Rows))]
    public async Task The_saved_model_equals_that_of_PyTorch(string row)
    {
        var (name, how) = (row.Split(", ")[0], row.Split(", ")[1]);
        var job = Jobs.Create("own") with
        {
            BatchSize = Batch,
            Shards = 1,
            Optimizer = how == "adam" ? new Adam(0.003) { WeightDecay = 0.01 } : new Sgd(0.05) { WeightDecay = 0.01 },
        };

        var (saved, _) = await cluster.Train(job, new TorchModel(() => Started(Modules[name]())), Waves(job.Seed));

        var expected = Reference.GetProperty("rows").GetProperty(row);
        var (difference, size) = (0.0, 0.0);
        foreach (var values in expected.GetProperty("values").EnumerateObject())
        {
            var ours = saved.Tensors[values.Name].ToFloats();
            var theirs = values.Value.EnumerateArray().Select(value => value.GetDouble()).ToArray();
            ours.Length.ShouldBe(theirs.Length, values.Name);
            for (var i = 0; i < ours.Length; i++)
                (difference, size) = (difference + Math.Pow(ours[i] - theirs[i], 2), size + theirs[i] * theirs[i]);
        }
        // About as near to double precision as PyTorch's single precision.
        Math.Sqrt(difference / size).ShouldBeLessThan(4 * expected.GetProperty("apart").GetDouble() + 1e-6);
    }

    private static Module<Tensor, Tensor> Started(Module<Tensor, Tensor> module)
    {
        using var _ = no_grad();
        foreach (
            var (place, (name, parameter)) in module
                .named_parameters()
                .DistinctBy(pair => pair.parameter.storage<float>().data_ptr())
                .Select(pair => (pair.name, pair.parameter))
                .OrderBy(pair => pair.name, StringComparer.Ordinal)
                .Index()
        )
            parameter.copy_(tensor(Wave((int)parameter.numel(), 0.5, 2.3 + 0.1 * place)).view(parameter.shape));
        return module;
    }

    // Position p of the first epoch's order is sample p of the reference.
    private static ArrayDataset Waves(long seed)
    {
        var values = Wave(Steps * Batch * Inputs, 1.5, 1.7);
        var order = SampleOrder.Get(seed, epoch: 1, Steps * Batch).Span;
        var (inputs, classes) = (new float[values.Length], new int[Steps * Batch]);
        for (var i = 0; i < classes.Length; i++)
        {
            values.AsSpan(i * Inputs, Inputs).CopyTo(inputs.AsSpan(order[i] * Inputs));
            classes[order[i]] = (int)((5L * i * i + 2 * i) % 7 % Classes);
        }
        return ArrayDataset.ForClassification("waves", [Inputs], Classes, Samples.From(inputs, classes), Samples.None);
    }

    private static float[] Wave(int count, double scale, double pace) =>
        [.. Enumerable.Range(0, count).Select(i => (float)(scale * Math.Sin(1 + pace * i)))];

    /// <summary>Views a row of eight numbers as a sequence of two fours.</summary>
    private sealed class Halved : Module<Tensor, Tensor>
    {
        private readonly Recurrent _inner;

        public Halved(Recurrent inner)
            : base("halved")
        {
            _inner = inner;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _inner.call(input.view(-1, 2, 4));
    }
}
