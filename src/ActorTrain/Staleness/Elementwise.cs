using System.Numerics;
using System.Runtime.InteropServices;
using ActorTrain.Parameters;

namespace ActorTrain.Staleness;

/// <summary>A rule that computes one vector from three, element by element, with a state that it may change.</summary>
internal interface IElementRule
{
    /// <summary>Whether it changes its state.</summary>
    static abstract bool ChangesState { get; }

    /// <summary>The rule, for as many elements as a register holds.</summary>
    Vector<float> Apply(Vector<float> first, Vector<float> second, Vector<float> third, ref Vector<float> state);
}

/// <summary>Runs such rules. An element's bits do not depend on its position.</summary>
internal static class Elementwise
{
    /// <summary>One pass over some ranges.</summary>
    public static void Run<TRule>(
        TRule rule,
        ReadOnlySpan<float> first,
        ReadOnlySpan<float> second,
        ReadOnlySpan<float> third,
        Span<float> state,
        Span<float> result,
        ReadOnlySpan<FlatRange> touched
    )
        where TRule : struct, IElementRule
    {
        foreach (var (offset, length) in touched)
        {
            Run(
                rule,
                first.Slice(offset, length),
                second.Slice(offset, length),
                third.Slice(offset, length),
                state.Length == 0 ? [] : state.Slice(offset, length),
                result.Slice(offset, length)
            );
        }
    }

    /// <summary>One pass.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="first">Its first input.</param>
    /// <param name="second">Its second input.</param>
    /// <param name="third">Its third input.</param>
    /// <param name="state">Its state; empty for a rule without one.</param>
    /// <param name="result">Its result; may be the same memory as one of the others.</param>
    public static void Run<TRule>(
        TRule rule,
        ReadOnlySpan<float> first,
        ReadOnlySpan<float> second,
        ReadOnlySpan<float> third,
        Span<float> state,
        Span<float> result
    )
        where TRule : struct, IElementRule
    {
        var width = Vector<float>.Count;
        var whole = first.Length - first.Length % width;
        RunWhole(
            rule,
            first[..whole],
            second[..whole],
            third[..whole],
            state[..Math.Min(whole, state.Length)],
            result[..whole]
        );
        var rest = first.Length - whole;
        if (rest == 0)
            return;

        // The tail goes through the same vector code, padded.
        Span<float> a = stackalloc float[width],
            b = stackalloc float[width],
            c = stackalloc float[width],
            s = stackalloc float[width],
            r = stackalloc float[width];
        first[whole..].CopyTo(a);
        second[whole..].CopyTo(b);
        third[whole..].CopyTo(c);
        if (state.Length > 0)
            state[whole..].CopyTo(s);
        RunWhole(rule, a, b, c, state.Length > 0 ? s : default, r);
        if (TRule.ChangesState)
            s[..rest].CopyTo(state[whole..]);
        r[..rest].CopyTo(result[whole..]);
    }

    private static void RunWhole<TRule>(
        TRule rule,
        ReadOnlySpan<float> first,
        ReadOnlySpan<float> second,
        ReadOnlySpan<float> third,
        Span<float> state,
        Span<float> result
    )
        where TRule : struct, IElementRule
    {
        if (
            second.Length != first.Length
            || third.Length != first.Length
            || result.Length != first.Length
            || (state.Length > 0 || TRule.ChangesState) && state.Length != first.Length
        )
            throw new ArgumentException(
                $"All must be equally long: {first.Length}, {second.Length}, {third.Length}, {state.Length}, "
                    + $"{result.Length}."
            );
        // Lengths are checked above, and all are multiples of the width: the loop need not check them again at every
        // element.
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        ref var c = ref MemoryMarshal.GetReference(third);
        ref var states = ref MemoryMarshal.GetReference(state);
        ref var results = ref MemoryMarshal.GetReference(result);
        var hasState = state.Length > 0;
        for (nuint i = 0; i < (nuint)first.Length; i += (nuint)Vector<float>.Count)
        {
            var s = hasState ? Vector.LoadUnsafe(ref states, i) : Vector<float>.Zero;
            var r = rule.Apply(
                Vector.LoadUnsafe(ref a, i),
                Vector.LoadUnsafe(ref b, i),
                Vector.LoadUnsafe(ref c, i),
                ref s
            );
            if (TRule.ChangesState)
                s.StoreUnsafe(ref states, i);
            r.StoreUnsafe(ref results, i);
        }
    }
}
