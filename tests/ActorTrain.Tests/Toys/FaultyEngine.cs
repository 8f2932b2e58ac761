using ActorTrain.Worker;

namespace ActorTrain.Tests.Toys;

/// <summary>What goes wrong when a gradient is computed.</summary>
/// <param name="step">Number of the gradient, from 0; what the engine does to measure itself is not counted.</param>
/// <param name="samples">The samples.</param>
/// <param name="gradient">The right gradient, which may be spoilt.</param>
internal delegate void Fault(int step, ReadOnlySpan<int> samples, Span<float> gradient);

/// <summary>An engine that something goes wrong with.</summary>
internal sealed class FaultyEngine(IGradientEngine inner, Fault fault) : IGradientEngine
{
    private bool _measured;
    private int _step;

    public ModelDescription Model => inner.Model;

    public DatasetDescription Dataset => inner.Dataset;

    public DeviceDescription Device => inner.Device;

    public Memory<float> Parameters => inner.Parameters;

    public Memory<float> State => inner.State;

    public void Initialize(long seed)
    {
        _measured = seed != 0;
        inner.Initialize(seed);
    }

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
    {
        var result = inner.ComputeGradient(samples, seed, gradient);
        if (_measured)
            fault(_step++, samples, gradient);
        return result;
    }

    /// <summary>What becomes of an evaluation.</summary>
    public Func<Evaluation, Evaluation> Evaluated { get; init; } = evaluation => evaluation;

    public Evaluation Evaluate(CancellationToken cancellation) => Evaluated(inner.Evaluate(cancellation));

    public void Dispose() => inner.Dispose();
}
