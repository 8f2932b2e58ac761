using System.Runtime.CompilerServices;
using ActorTrain.Worker;

namespace ActorTrain.Torch.Tests;

/// <summary>Gives an engine one place for its gradients, for tests that look at one gradient at a time.</summary>
internal static class OwnGradient
{
    private static readonly ConditionalWeakTable<IGradientEngine, float[]> Gradients = [];

    extension(IGradientEngine engine)
    {
        public Memory<float> Gradient => Gradients.GetValue(engine, one => new float[one.Model.Parameters.Length]);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed) =>
            engine.ComputeGradient(samples, seed, engine.Gradient.Span);
    }
}
