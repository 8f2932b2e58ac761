using ActorTrain.Job;
using ActorTrain.Worker;

namespace ActorTrain.TestKit.Nodes;

/// <summary>
/// A node's engines: they compute as the ones behind them do, and take as long as the node's speed says.
/// </summary>
internal sealed class SimulatedEngines(SimulatedNode node, IEngineFactory engines) : IEngineFactory
{
    // A forward pass alone, beside one with its way back.
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
            if (node.Fails is { } reason)
            {
                node.Fails = null;
                throw new InvalidOperationException(reason);
            }
            var result = Inner.ComputeGradient(samples, seed, gradient, CancellationToken.None);
            if (node.NotFinite > 0)
            {
                node.NotFinite--;
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
