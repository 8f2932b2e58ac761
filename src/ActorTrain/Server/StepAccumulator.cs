using System.Numerics.Tensors;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;

namespace ActorTrain.Server;

/// <summary>
/// The gradients of one synchronous step: their mean ḡ = Σ nᵢ·gᵢ / Σ nᵢ, summed in the order of the epoch, so that its
/// bits do not depend on the order of arrival. The next gradient in that order is added at once; others are kept until
/// then.
/// </summary>
/// <param name="length">Length of a gradient.</param>
/// <param name="memory">Memory for them.</param>
internal abstract class StepAccumulator(int length, TensorPool memory)
{
    private readonly SortedDictionary<(int Epoch, int Start), (SampleRange Part, TensorBuffer Gradient)> _kept = [];
    private TensorBuffer? _sum;

    /// <summary>Gradients added.</summary>
    public int Contributions { get; private set; }

    /// <summary>Samples behind them.</summary>
    public int Samples { get; private set; }

    /// <summary>Whether the step needs no more gradients.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>
    /// The positions whose gradients it takes from a worker; null where it takes any, <see cref="SampleRange.None"/>
    /// where it takes none.
    /// </summary>
    public abstract SampleRange? OpenTo(string node);

    /// <summary>Why it does not take a worker's gradient for a part, as a clause; null where it does.</summary>
    public abstract string? RefusalOf(SampleRange part, string node);

    /// <summary>
    /// The ranges without a gradient in all of its gradients, in order. A parameter that only some have no gradient for
    /// counts as zero in those.
    /// </summary>
    public IReadOnlyList<FlatRange> Untouched { get; private set; } = [];

    /// <summary>Adds a gradient.</summary>
    public virtual void Add(
        SampleRange part,
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

    /// <summary>The mean of the gradients so far, also of an incomplete step.</summary>
    /// <returns>Valid until <see cref="Release"/>.</returns>
    public ReadOnlySpan<float> Mean()
    {
        foreach (var kept in _kept.Values.ToList())
            SumKept(kept);
        return _sum!.Values.Span;
    }

    /// <summary>Returns its memory to the pool.</summary>
    public void Release()
    {
        _sum?.Release();
        foreach (var (_, gradient) in _kept.Values)
            gradient.Release();
        _kept.Clear();
        _sum = null;
    }

    /// <summary>Whether all gradients before this one are added.</summary>
    protected abstract bool IsNext(SampleRange part);

    /// <summary>A gradient's factor in the mean.</summary>
    protected abstract float WeightOf(SampleRange part);

    /// <summary>A gradient has been added.</summary>
    protected virtual void Summed(SampleRange part) { }

    private void SumKept((SampleRange Part, TensorBuffer Gradient) kept)
    {
        _kept.Remove((kept.Part.Epoch, kept.Part.Start));
        Sum(kept.Part, kept.Gradient.Values.Span);
        kept.Gradient.Release();
    }

    private void Sum(SampleRange part, ReadOnlySpan<float> gradient)
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

/// <summary>A step that is a range of the epoch's order: complete when it has a gradient for each position.</summary>
/// <param name="step">The range.</param>
/// <param name="open">Its positions that are not applied: all, unless training was asynchronous before.</param>
/// <param name="length">Length of a gradient.</param>
/// <param name="memory">Memory for gradients.</param>
internal sealed class RangeAccumulator(
    SampleRange step,
    IReadOnlyList<(int Start, int End)> open,
    int length,
    TensorPool memory
) : StepAccumulator(length, memory)
{
    private readonly PositionSet _awaited = PositionSet.From(open);
    private readonly PositionSet _unsummed = PositionSet.From(open);

    /// <summary>The range.</summary>
    public SampleRange Step => step;

    /// <inheritdoc/>
    public override bool IsComplete => _awaited.Count == 0;

    /// <inheritdoc/>
    public override SampleRange? OpenTo(string node) => step;

    /// <inheritdoc/>
    public override string? RefusalOf(SampleRange part, string node) =>
        step.Contains(part)
            ? null
            : $"the open step has positions {step.Start} to {step.End - 1} of epoch {step.Epoch}";

    /// <inheritdoc/>
    public override void Add(
        SampleRange part,
        string node,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        _awaited.Remove(part.Start, part.End);
        base.Add(part, node, gradient, untouched);
    }

    protected override bool IsNext(SampleRange part) => _unsummed.Count > 0 && _unsummed.Ranges[0].Start == part.Start;

    // Where some of the step was applied before, the rest weighs only its share.
    protected override float WeightOf(SampleRange part) => (float)((double)part.Count / step.Count);

    protected override void Summed(SampleRange part) => _unsummed.Remove(part.Start, part.End);
}

/// <summary>A step of the first gradients to arrive, at most one from each worker.</summary>
/// <param name="contributions">Gradients that complete it.</param>
/// <param name="length">Length of a gradient.</param>
/// <param name="memory">Memory for gradients.</param>
internal sealed class CountAccumulator(int contributions, int length, TensorPool memory)
    : StepAccumulator(length, memory)
{
    private readonly HashSet<string> _contributors = [];
    private readonly HashSet<string> _excused = [];

    /// <summary>Gradients that complete the step, ≥ 1.</summary>
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
    public override SampleRange? OpenTo(string node) => _contributors.Contains(node) ? SampleRange.None : null;

    /// <inheritdoc/>
    public override string? RefusalOf(SampleRange part, string node) =>
        _contributors.Contains(node) ? "the open step already has a gradient of its worker" : null;

    /// <inheritdoc/>
    public override void Add(
        SampleRange part,
        string node,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        _excused.Remove(node);
        _contributors.Add(node);
        base.Add(part, node, gradient, untouched);
    }

    // The weights depend on all gradients of the step, so none is added before it is complete.
    protected override bool IsNext(SampleRange part) => false;

    protected override float WeightOf(SampleRange part) => (float)((double)part.Count / Samples);
}
