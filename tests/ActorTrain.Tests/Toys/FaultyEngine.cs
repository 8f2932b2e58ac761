using ActorTrain.Engines;

namespace ActorTrain.Tests.Toys;

/// <summary>A fault in the computation of a gradient.</summary>
/// <param name="step">Number of the gradient, from 0; the engine's own measurement is not counted.</param>
/// <param name="samples">The samples.</param>
/// <param name="gradient">The right gradient, which the fault may change.</param>
internal delegate void Fault(int step, ReadOnlySpan<int> samples, Span<float> gradient);

/// <summary>An engine with a fault.</summary>
internal sealed class FaultyEngine(IGradientEngine inner, Fault fault) : IGradientEngine
{
    private bool _measured;
    private int _step;

    public ModelDescription Model => inner.Model;

    public DatasetDescription Dataset => inner.Dataset;

    public DeviceDescription Device => inner.Device;

    public Memory<float> Parameters => inner.Parameters;

    public Memory<float> Buffers => inner.Buffers;

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

    /// <summary>Changes an evaluation.</summary>
    public Func<Evaluation, Evaluation> Evaluated { get; init; } = evaluation => evaluation;

    public Evaluation Evaluate(CancellationToken cancellation) => Evaluated(inner.Evaluate(cancellation));

    public void Dispose() => inner.Dispose();
}
