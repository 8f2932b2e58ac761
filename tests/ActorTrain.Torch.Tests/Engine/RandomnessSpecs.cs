using ActorTrain.Leases;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Tests.Own;
using ActorTrain.Torch.Tests.Parity;
using ActorTrain.Worker;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>What is random inside a module depends on the seed of the step, and on nothing else in the
/// process.</summary>
[Collection(Alone.Name)]
public sealed class RandomnessSpecs
{
    private static readonly ArrayDataset Data = Toy.Quarters();

    [Fact]
    public void The_same_seed_gives_the_same_mask_and_another_seed_another()
    {
        using var engine = Toy.Engine(Build, Data);

        var once = Gradient(engine, seed: 5);
        Gradient(engine, seed: 6).ShouldNotBe(once);
        Gradient(engine, seed: 5).ShouldBe(once);
    }

    [Fact]
    public void Two_engines_that_compute_at_one_time_do_not_hear_of_each_other()
    {
        using var alone = Toy.Engine(Build, Data);
        var expected = Enumerable.Range(0, 40).Select(seed => Gradient(alone, seed)).ToArray();

        var together = Enumerable
            .Range(0, 3)
            .AsParallel()
            .WithDegreeOfParallelism(3)
            .Select(_ =>
            {
                using var engine = Toy.Engine(Build, Data);
                return Enumerable.Range(0, 40).Select(seed => Gradient(engine, seed)).ToArray();
            })
            .ToArray();

        foreach (var gradients in together)
            for (var i = 0; i < expected.Length; i++)
                gradients[i].ShouldBe(expected[i]);
    }

    [Fact]
    public void An_evaluation_in_the_middle_changes_nothing_and_says_the_same_twice()
    {
        using var engine = Toy.Engine(() => new AlwaysNoisy(), Data);
        using var evaluator = Toy.Engine(() => new AlwaysNoisy(), Data);
        var expected = Gradient(engine, seed: 5);

        var evaluation = evaluator.Evaluate(default);

        Gradient(engine, seed: 5).ShouldBe(expected);
        evaluator.Evaluate(default).ShouldBe(evaluation);
    }

    [Fact]
    public void The_process_own_stream_of_random_numbers_goes_on_as_if_there_were_no_engine()
    {
        using var engine = Toy.Engine(Build, Data);
        manual_seed(3);
        var (first, second) = (rand(1).item<float>(), rand(1).item<float>());

        manual_seed(3);
        rand(1).item<float>().ShouldBe(first);
        Gradient(engine, seed: 1);
        engine.Evaluate(default);
        using (Toy.Engine(Build, Data))
            rand(1).item<float>().ShouldBe(second);
    }

    [Fact]
    public void Every_step_epoch_and_worker_has_a_mask_of_its_own()
    {
        var seeds =
            from epoch in Enumerable.Range(1, 3)
            from start in Enumerable.Range(0, 16)
            select SampleOrder.SeedOf(1, new LeasePart(epoch, start * 16, 16));
        seeds.Distinct().Count().ShouldBe(48);
    }

    [Fact]
    public void Layers_that_draw_nothing_need_not_take_turns_and_code_of_ones_own_has_to()
    {
        KnownLayers
            .MayDraw(Sequential(Conv2d(1, 2, 3), BatchNorm2d(2), ReLU(), Flatten(), Linear(2, 2)))
            .ShouldBeFalse();
        KnownLayers.MayDraw(Sequential(Linear(2, 2), Dropout(0.1))).ShouldBeTrue();
        KnownLayers.MayDraw(Sequential(Linear(2, 2), new Planes())).ShouldBeTrue();

        using var hooked = Linear(2, 2);
        hooked.register_forward_hook((_, _, output) => output);
        KnownLayers.MayDraw(Sequential(hooked)).ShouldBeTrue();
    }

    [Fact]
    public void Channels_lie_side_by_side_where_all_layers_are_known_and_there_are_convolutions()
    {
        KnownLayers
            .PrefersChannelsLast(Sequential(Conv2d(3, 2, 3), BatchNorm2d(2), Flatten(), Linear(2, 2)))
            .ShouldBeTrue();
        KnownLayers
            .PrefersChannelsLast(Sequential(Conv2d(3, 2, 3), Dropout(0.1), Flatten(), Linear(2, 2)))
            .ShouldBeFalse("a mask is drawn in the order of the memory");
        KnownLayers.PrefersChannelsLast(Sequential(Flatten(), Linear(2, 2))).ShouldBeFalse("it would not pay");
        KnownLayers.PrefersChannelsLast(new Viewing()).ShouldBeFalse("a view would fail");
    }

    private static Module<Tensor, Tensor> Build() => Sequential(Linear(2, 32), Dropout(0.5), ReLU(), Linear(32, 4));

    private static float[] Gradient(IGradientEngine engine, long seed)
    {
        var gradient = new float[engine.Parameters.Length];
        engine.ComputeGradient(Jobs.Samples(16), seed, gradient);
        return gradient;
    }

    private sealed class AlwaysNoisy : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _layer = Linear(2, 4);

        public AlwaysNoisy()
            : base("noisy") => RegisterComponents();

        public override Tensor forward(Tensor input) => _layer.call(input + randn_like(input));
    }
}
