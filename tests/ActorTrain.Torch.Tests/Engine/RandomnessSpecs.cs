using ActorTrain.Engines;
using ActorTrain.Leases;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Tests.Custom;
using ActorTrain.Torch.Tests.Parity;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>Random numbers inside a module depend only on the seed of the step.</summary>
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
    public void Engines_that_compute_at_the_same_time_do_not_affect_each_other()
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
    public void An_evaluation_between_steps_changes_nothing_and_repeats_its_result()
    {
        using var engine = Toy.Engine(() => new AlwaysNoisy(), Data);
        using var evaluator = Toy.Engine(() => new AlwaysNoisy(), Data);
        var expected = Gradient(engine, seed: 5);

        var evaluation = evaluator.Evaluate(default);

        Gradient(engine, seed: 5).ShouldBe(expected);
        evaluator.Evaluate(default).ShouldBe(evaluation);
    }

    [Fact]
    public void The_random_numbers_of_the_process_continue_as_without_an_engine()
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
            select SampleOrder.SeedOf(1, new SampleRange(epoch, start * 16, 16));
        seeds.Distinct().Count().ShouldBe(48);
    }

    [Fact]
    public void Known_layers_may_draw_only_where_they_are_random_and_custom_code_always_may()
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
    public void Channels_last_is_preferred_with_convolutions_and_known_layers_only()
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
