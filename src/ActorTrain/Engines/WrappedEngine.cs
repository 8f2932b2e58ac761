namespace ActorTrain.Engines;

/// <summary>An engine that delegates to another, except for the members that it overrides.</summary>
/// <param name="inner">The other engine.</param>
internal abstract class WrappedEngine(IGradientEngine inner) : IGradientEngine
{
    public ModelDescription Model => inner.Model;

    public virtual DatasetDescription Dataset => inner.Dataset;

    public virtual DeviceDescription Device => inner.Device;

    public Memory<float> Parameters => inner.Parameters;

    public Memory<float> Buffers => inner.Buffers;

    protected IGradientEngine Inner => inner;

    public virtual void Initialize(long seed) => inner.Initialize(seed);

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) =>
        ComputeGradient(samples, seed, gradient, CancellationToken.None);

    public abstract StepResult ComputeGradient(
        ReadOnlySpan<int> samples,
        long seed,
        Span<float> gradient,
        CancellationToken abandoned
    );

    public virtual Evaluation Evaluate(CancellationToken cancellation) => inner.Evaluate(cancellation);

    public virtual void Dispose() => inner.Dispose();
}
