using ActorTrain.Engines;
using ActorTrain.Job;

namespace ActorTrain.TestKit.Nodes;

/// <summary>
/// A node's engines: they compute by other engines, and take as long as the node's speed says.
/// </summary>
internal sealed class SimulatedEngines(SimulatedNode node, IEngineFactory engines) : IEngineFactory
{
    // A forward pass takes a third of a forward and backward pass.
    private const int EvaluationsAGradient = 3;

    public IGradientEngine Create(JobOptions job)
    {
        node.World.Spend(node.Plan.Loads);
        return new Engine(node, engines.Create(job));
    }

    private sealed class Engine(SimulatedNode node, IGradientEngine inner) : WrappedEngine(inner)
    {
        public override DeviceDescription Device => node.Plan.Device;

        public override StepResult ComputeGradient(
            ReadOnlySpan<int> samples,
            long seed,
            Span<float> gradient,
            CancellationToken abandoned
        )
        {
            if (node.EngineFailure is { } reason)
            {
                node.EngineFailure = null;
                throw new InvalidOperationException(reason);
            }
            var result = Inner.ComputeGradient(samples, seed, gradient, CancellationToken.None);
            if (node.NonFiniteGradients > 0)
            {
                node.NonFiniteGradients--;
                gradient.Fill(float.NaN);
            }
            node.World.Spend(node.GradientTime(samples.Length), abandoned);
            return result;
        }

        public override Evaluation Evaluate(CancellationToken cancellation)
        {
            node.World.Spend(
                node.GradientTime(Math.Max(1, Dataset.TestSamples / EvaluationsAGradient)),
                CancellationToken.None
            );
            return base.Evaluate(cancellation);
        }
    }
}
