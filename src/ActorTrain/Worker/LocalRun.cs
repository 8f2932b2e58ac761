using System.Numerics.Tensors;
using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>
/// The steps that a worker takes on its own copy of the parameters for one push. The push is Δ = (w_start − w_end)/v with v as the shards weigh its samples (1 for a whole push): v·Δ is what the run moved,
/// however long it was, so that the samples of a short one count as much as all others.
/// </summary>
/// <remarks>Afterwards the engine has w_start again: shards send only what is newer than what a worker has, and the next run must begin with theirs.</remarks>
internal sealed class LocalRun
{
    private readonly IGradientEngine _engine;
    private readonly InnerOptimizer _inner;
    private readonly LeasePart _part;
    private readonly ReadOnlyMemory<int> _samples;
    private readonly Memory<float> _gradient;
    private readonly Queue<LeasePart> _ahead;
    private int _done;
    private double _lossSum;
    private int _correct;
    private bool _finite = true;

    /// <summary>Begins a run with the parameters that the engine has.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="inner">Takes the steps.</param>
    /// <param name="part">What the push stands for.</param>
    /// <param name="microBatch">Samples a step, ≥ 1.</param>
    /// <param name="samples">The part's indices into the training set.</param>
    /// <param name="gradient">Where the push is to be written; each step's gradient before.</param>
    public LocalRun(IGradientEngine engine, InnerOptimizer inner, LeasePart part, int microBatch, ReadOnlyMemory<int> samples, Memory<float> gradient)
    {
        (_engine, _inner, _part, _samples, _gradient) = (engine, inner, part, samples, gradient);
        _ahead = new(part.Cut(microBatch));
        _engine.Parameters.CopyTo(_inner.Start);
    }

    /// <summary>Whether no step is left.</summary>
    public bool IsDone => _ahead.Count == 0;

    /// <summary>Samples of the next step.</summary>
    public int NextSamples => _ahead.Peek().Count;

    /// <summary>Takes the next step.</summary>
    /// <exception cref="OutOfMemoryException">It was too much for the device, and nothing has changed.</exception>
    public void Step()
    {
        var part = _ahead.Peek();
        var gradient = _gradient.Span;
        var result = _engine.ComputeGradient(_samples.Span.Slice(part.Start - _part.Start, part.Count), _inner.SeedOf(part), gradient);
        _ahead.Dequeue();
        _done += part.Count;
        _lossSum += result.Loss * part.Count;
        _correct += result.Correct;
        _finite = TensorPrimitives.IsFiniteAll<float>(gradient);
        if (_finite)
        {
            _inner.Step(part, _engine.Parameters.Span, gradient);
            return;
        }
        // The optimizer's state would never be finite again. The run ends, and the shards refuse all of it: the steps before have moved nothing that is pushed.
        _done = _part.Count;
        _ahead.Clear();
    }

    /// <summary>Takes no more steps: what is done by now is the push.</summary>
    public void Curtail() => _ahead.Clear();

    /// <summary>Writes the push, and gives the engine back the parameters that it began with.</summary>
    /// <returns>What was seen, and the number of samples that the push stands for.</returns>
    public (StepResult Result, int Samples) End()
    {
        var gradient = _gradient.Span;
        if (_finite)
        {
            TensorPrimitives.Subtract(_inner.Start.Span, _engine.Parameters.Span, gradient);
            var weight = _inner.WeightOf(_part with { Count = _done });
            if (weight != 1) TensorPrimitives.Divide(gradient, weight, gradient);
        }
        else
        {
            gradient.Fill(float.NaN);
        }
        Undo();
        return (new StepResult(_lossSum / _done, _correct), _done);
    }

    /// <summary>Gives the engine back the parameters that it began with; the inner optimizer keeps what it has learnt.</summary>
    public void Undo() => _inner.Start.CopyTo(_engine.Parameters);
}
