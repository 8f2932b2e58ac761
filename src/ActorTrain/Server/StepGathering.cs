using System.Numerics.Tensors;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;

namespace ActorTrain.Server;

/// <summary>
/// The gradients of one synchronous step: their mean ḡ = Σ nᵢ·gᵢ / Σ nᵢ, summed in the order of the epoch, so that it
/// has the same bits whenever each arrives. A gradient whose turn has come is added at once; one that comes before its
/// turn is kept.
/// </summary>
/// <param name="length">Length of a gradient.</param>
/// <param name="memory">Where they are kept.</param>
internal abstract class StepGathering(int length, TensorPool memory)
{
    private readonly SortedDictionary<(int Epoch, int Start), (LeasePart Part, TensorBuffer Gradient)> _kept = [];
    private TensorBuffer? _sum;

    /// <summary>Gradients gathered.</summary>
    public int Contributions { get; private set; }

    /// <summary>Samples behind them.</summary>
    public int Samples { get; private set; }

    /// <summary>Whether nothing more is waited for.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>
    /// The positions whose gradients a worker may bring; null where it may bring any, <see cref="LeasePart.None"/>
    /// where it may bring none.
    /// </summary>
    public abstract LeasePart? OpenTo(string node);

    /// <summary>What none of its gradients has touched, in order. A parameter that some have no gradient for counts as
    /// zero in those, as the mean over all samples has it.</summary>
    public IReadOnlyList<FlatRange> Untouched { get; private set; } = [];

    /// <summary>Takes in a gradient.</summary>
    public virtual void Add(
        LeasePart part,
        string node,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        if (Contributions == 0)
            Untouched = untouched;
        else if (Untouched.Count > 0)
            Untouched = FlatRange.Common(Untouched, untouched);
        Contributions++;
        Samples += part.Count;
        if (IsNext(part))
        {
            Sum(part, gradient);
            while (_kept.Count > 0 && _kept.First() is { Value: var next } && IsNext(next.Part))
                SumKept(next);
            return;
        }
        var copy = memory.Rent(length);
        gradient.CopyTo(copy.Values.Span);
        _kept.Add((part.Epoch, part.Start), (part, copy));
    }

    /// <summary>Sums up what is here, complete or not.</summary>
    /// <returns>The mean; valid until <see cref="Release"/>.</returns>
    public ReadOnlySpan<float> Mean()
    {
        foreach (var kept in _kept.Values.ToList())
            SumKept(kept);
        return _sum!.Values.Span;
    }

    /// <summary>Its memory is free again.</summary>
    public void Release()
    {
        _sum?.Release();
        foreach (var (_, gradient) in _kept.Values)
            gradient.Release();
        _kept.Clear();
        _sum = null;
    }

    /// <summary>Whether nothing that comes before it is missing, so that it can be added.</summary>
    protected abstract bool IsNext(LeasePart part);

    /// <summary>What a gradient counts in the mean.</summary>
    protected abstract float WeightOf(LeasePart part);

    /// <summary>A gradient has been added.</summary>
    protected virtual void Summed(LeasePart part) { }

    private void SumKept((LeasePart Part, TensorBuffer Gradient) kept)
    {
        _kept.Remove((kept.Part.Epoch, kept.Part.Start));
        Sum(kept.Part, kept.Gradient.Values.Span);
        kept.Gradient.Release();
    }

    private void Sum(LeasePart part, ReadOnlySpan<float> gradient)
    {
        var weight = WeightOf(part);
        if (_sum is null)
        {
            _sum = memory.Rent(length);
            TensorPrimitives.Multiply(gradient, weight, _sum.Values.Span);
        }
        else
        {
            TensorPrimitives.MultiplyAdd(gradient, weight, _sum.Values.Span, _sum.Values.Span);
        }
        Summed(part);
    }
}

/// <summary>A step that is a stretch of the epoch's order: complete when all its positions are here.</summary>
/// <param name="step">The stretch.</param>
/// <param name="open">What of it has not been applied before: all, unless training was asynchronous then.</param>
/// <param name="length">Length of a gradient.</param>
/// <param name="memory">Where gradients are kept.</param>
internal sealed class StretchGathering(
    LeasePart step,
    IReadOnlyList<(int Start, int End)> open,
    int length,
    TensorPool memory
) : StepGathering(length, memory)
{
    private readonly PositionSet _awaited = SetOf(open);
    private readonly PositionSet _unsummed = SetOf(open);

    /// <summary>The stretch.</summary>
    public LeasePart Step => step;

    /// <inheritdoc/>
    public override bool IsComplete => _awaited.Count == 0;

    /// <inheritdoc/>
    public override LeasePart? OpenTo(string node) => step;

    /// <inheritdoc/>
    public override void Add(
        LeasePart part,
        string node,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        _awaited.Remove(part.Start, part.End);
        base.Add(part, node, gradient, untouched);
    }

    protected override bool IsNext(LeasePart part) => _unsummed.Count > 0 && _unsummed.Stretches[0].Start == part.Start;

    // Of a step that was partly applied before, the rest weighs its part.
    protected override float WeightOf(LeasePart part) => (float)((double)part.Count / step.Count);

    protected override void Summed(LeasePart part) => _unsummed.Remove(part.Start, part.End);

    private static PositionSet SetOf(IReadOnlyList<(int Start, int End)> stretches)
    {
        var set = new PositionSet();
        foreach (var (start, end) in stretches)
            set.Add(start, end);
        return set;
    }
}

/// <summary>A step that is so many gradients, whichever come first: one of each worker.</summary>
/// <param name="contributions">How many.</param>
/// <param name="length">Length of a gradient.</param>
/// <param name="memory">Where gradients are kept.</param>
internal sealed class CountGathering(int contributions, int length, TensorPool memory) : StepGathering(length, memory)
{
    private readonly HashSet<string> _contributors = [];
    private readonly HashSet<string> _excused = [];

    /// <summary>Gradients that make the step, ≥ 1.</summary>
    public int Wanted { get; set; } = contributions;

    /// <inheritdoc/>
    public override bool IsComplete => Contributions + _excused.Count >= Wanted;

    /// <summary>
    /// A worker has pushed a duplicate, since its lease was repeated or given again: the step does not wait for
    /// another gradient of that worker. It still takes one: where all workers are excused, no gradient would come.
    /// </summary>
    public void Excuse(string node)
    {
        if (!_contributors.Contains(node))
            _excused.Add(node);
    }

    /// <inheritdoc/>
    public override LeasePart? OpenTo(string node) => _contributors.Contains(node) ? LeasePart.None : null;

    /// <inheritdoc/>
    public override void Add(
        LeasePart part,
        string node,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        _excused.Remove(node);
        _contributors.Add(node);
        base.Add(part, node, gradient, untouched);
    }

    // Which they are, and so what each weighs, is known when all are here.
    protected override bool IsNext(LeasePart part) => false;

    protected override float WeightOf(LeasePart part) => (float)((double)part.Count / Samples);
}
