using System.Numerics.Tensors;
using ActorTrain.Engines;
using ActorTrain.Leases;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// The steps that a worker takes on its own copy of the parameters for one push. The push is Δ = (w_start − w_end)/v,
/// where v is the weight that shards give its samples (1 for a whole push): v·Δ is how far the run moved, so that the
/// samples of a short run count as much as all others.
/// </summary>
/// <remarks>
/// Afterwards the engine has w_start again: shards send only newer parameters than a worker has, and the next run must
/// begin with theirs.
/// </remarks>
internal sealed class LocalRun
{
    private readonly IGradientEngine _engine;
    private readonly InnerOptimizer _inner;
    private readonly SampleRange _part;
    private readonly ReadOnlyMemory<int> _samples;
    private readonly Memory<float> _gradient;
    private readonly Queue<SampleRange> _ahead;
    private IReadOnlyList<FlatRange>? _untouched;
    private int _done;
    private double _lossSum;
    private int _correct;
    private readonly BufferGuard? _guard;

    /// <summary>Begins a run with the parameters that the engine has.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="inner">Takes the steps.</param>
    /// <param name="local">The part that is pushed, and its steps.</param>
    /// <param name="samples">The part's indices into the training set.</param>
    /// <param name="gradient">Memory for each step's gradient, and for the push.</param>
    /// <param name="guard">Checks the engine's buffers; null where it has none.</param>
    public LocalRun(
        IGradientEngine engine,
        InnerOptimizer inner,
        EngineProtocol.LocalPart local,
        ReadOnlyMemory<int> samples,
        Memory<float> gradient,
        BufferGuard? guard = null
    )
    {
        (_engine, _inner, _part, _samples, _gradient, _guard) = (engine, inner, local.Part, samples, gradient, guard);
        _ahead = new(local.Steps);
        _engine.Parameters.CopyTo(_inner.Start);
    }

    /// <summary>Which value a step made non-finite, in one sentence; null where none did.</summary>
    public string? NotFinite { get; private set; }

    /// <summary>Whether no step is left.</summary>
    public bool IsDone => _ahead.Count == 0;

    /// <summary>Samples of the next step.</summary>
    public int NextSamples => _ahead.Peek().Count;

    /// <summary>Takes the next step.</summary>
    /// <exception cref="OutOfMemoryException">The device has too little memory; nothing has changed.</exception>
    public void Step()
    {
        var part = _ahead.Peek();
        var gradient = _gradient.Span;
        var samples = _samples.Span.Slice(part.Start - _part.Start, part.Count);
        _guard?.Remember();
        var result = Compute(part, samples, gradient);
        _ahead.Dequeue();
        _done += part.Count;
        _lossSum += result.Loss * part.Count;
        _correct += result.Correct;
        NotFinite =
            _guard?.Restore() is { } tensor ? BufferGuard.Describe(tensor, samples)
            : TensorPrimitives.IsFiniteAll<float>(gradient) ? null
            : $"the gradient of {SampleNames.Format(samples)} is not finite";
        if (NotFinite is null)
        {
            var untouched = result.Untouched ?? [];
            _untouched = _untouched is null ? untouched : FlatRange.Common(_untouched, untouched);
            _inner.Step(part, _engine.Parameters.Span, gradient, untouched);
            return;
        }
        // A step would spoil the optimizer's state for good: the run ends, and is not pushed.
        _done = _part.Count;
        _ahead.Clear();
    }

    private StepResult Compute(SampleRange part, ReadOnlySpan<int> samples, Span<float> gradient)
    {
        try
        {
            return _engine.ComputeGradient(samples, _inner.SeedOf(part), gradient);
        }
        catch (OutOfMemoryException)
        {
            _guard?.Undo();
            throw;
        }
    }

    /// <summary>Takes no more steps: the push is for those taken.</summary>
    public void StopEarly() => _ahead.Clear();

    /// <summary>Writes the push, and restores the engine's parameters.</summary>
    /// <returns>Loss and correct samples, and the number of samples that the push stands for.</returns>
    public (StepResult Result, int Samples) End()
    {
        var gradient = _gradient.Span;
        if (NotFinite is null)
        {
            TensorPrimitives.Subtract(_inner.Start.Span, _engine.Parameters.Span, gradient);
            var weight = _inner.WeightOf(_part with { Count = _done });
            if (weight != 1)
                TensorPrimitives.Divide(gradient, weight, gradient);
        }
        Undo();
        return (new StepResult(_lossSum / _done, _correct, _untouched), _done);
    }

    /// <summary>Restores the engine's parameters; the inner optimizer keeps its state.</summary>
    public void Undo() => _inner.Start.CopyTo(_engine.Parameters);
}
