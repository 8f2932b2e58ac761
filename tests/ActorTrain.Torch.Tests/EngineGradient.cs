using System.Runtime.CompilerServices;
using ActorTrain.Engines;

namespace ActorTrain.Torch.Tests;

/// <summary>A gradient vector for each engine, for tests that look at one gradient at a time.</summary>
internal static class EngineGradient
{
    private static readonly ConditionalWeakTable<IGradientEngine, float[]> Gradients = [];

    extension(IGradientEngine engine)
    {
        public Memory<float> Gradient => Gradients.GetValue(engine, one => new float[one.Model.Parameters.Length]);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed) =>
            engine.ComputeGradient(samples, seed, engine.Gradient.Span);
    }
}
