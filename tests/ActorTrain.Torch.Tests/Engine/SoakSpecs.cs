using ActorTrain.Torch.Tests.Custom;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class SoakSpecs
{
    [Fact]
    public void Steps_and_evaluations_leave_no_tensors_behind()
    {
        using var engine = Jobs.Started("mobilenet");
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        engine.Evaluate(default);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var step = 0; step < 50; step++)
            engine.ComputeGradient(Jobs.Samples(8), seed: step);
        engine.Evaluate(default);

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Theory, InlineData("mlp"), InlineData("mobilenet")]
    public void A_disposed_engine_leaves_no_tensors_behind(string model)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var engine = Jobs.Started(model))
            engine.ComputeGradient(Jobs.Samples(8), seed: 0);

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    /// <summary>A user's module is built anew by each initialisation.</summary>
    [Fact]
    public void A_disposed_engine_leaves_no_tensors_of_its_earlier_modules_behind()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var engine = Toy.Engine(() => Sequential(Linear(2, 8), BatchNorm1d(8), ReLU(), Linear(8, 4))))
        {
            engine.Initialize(seed: 2);
            engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void Memory_does_not_grow_over_many_steps()
    {
        using var engine = Jobs.Started("mlp", ("mlp.hidden", "512"));
        Work(steps: 200);
        var before = Environment.WorkingSet;
        Work(steps: 500);

        // A leak of one gradient a step would be 800 MB, and of its activations as much again.
        (Environment.WorkingSet - before).ShouldBeLessThan(150L << 20);

        void Work(int steps)
        {
            for (var step = 0; step < steps; step++)
                engine.ComputeGradient(Jobs.Samples(64, step), seed: step);
        }
    }
}
