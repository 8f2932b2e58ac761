using ActorTrain.Engines;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;

namespace ActorTrain.Worker;

/// <summary>Engine and its parent, or the training loop, on one node.</summary>
internal static class EngineProtocol
{
    /// <summary>Parent → engine: create it. Answered by <see cref="Loaded"/> or <see cref="CannotLoad"/>.</summary>
    public sealed record Load;

    /// <summary>Engine → parent.</summary>
    public sealed record Loaded(
        ModelDescription Model,
        DatasetDescription Dataset,
        DeviceDescription Device,
        Memory<float> Parameters,
        Memory<float> Buffers,
        Measurement Measured
    );

    /// <summary>Engine → parent: there is no engine, for this reason.</summary>
    public sealed record CannotLoad(string Reason);

    /// <summary>Parameters that the engine reads before it computes.</summary>
    /// <param name="Offset">Index of the first in the flat vector.</param>
    /// <param name="Values">The parameters; released by the engine.</param>
    public readonly record struct NewParameters(int Offset, TensorSlice Values);

    /// <summary>
    /// Parent → engine: a new incarnation begins, with a new optimizer for local steps. Not answered.
    /// </summary>
    public sealed record BeginIncarnation;

    /// <summary>How a part is computed in local steps.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Steps">The samples of each step, in order.</param>
    public readonly record struct LocalPart(SampleRange Part, IReadOnlyList<SampleRange> Steps);

    /// <summary>
    /// Training loop → engine: compute a gradient of these samples, or take local steps on them. Answered by
    /// <see cref="Computed"/> or <see cref="OutOfMemory"/>.
    /// </summary>
    /// <param name="New">Parameters that are newer than the engine's.</param>
    /// <param name="Samples">Indices into the training set.</param>
    /// <param name="Seed">Seeds whatever is random in the step.</param>
    /// <param name="Gradient">Memory for the result.</param>
    /// <param name="Local">The local steps; null where it is one gradient.</param>
    /// <param name="Abandoned">Canceled when the gradient is not needed any more; there is an answer in any
    /// case.</param>
    public sealed record Compute(
        IReadOnlyList<NewParameters> New,
        ReadOnlyMemory<int> Samples,
        long Seed,
        Memory<float> Gradient,
        LocalPart? Local = null,
        CancellationToken Abandoned = default
    );

    /// <summary>
    /// Training loop → engine: take no more local steps, and answer with those taken: <see cref="Computed"/>. Not
    /// answered where there are none.
    /// </summary>
    public sealed record StopLocalSteps;

    /// <summary>Engine → training loop: a clipped gradient, or the result of local steps, is ready to push.</summary>
    /// <param name="Result">Loss, correct samples, untouched parameters.</param>
    /// <param name="Samples">Samples of the part that it is for, from the first: fewer than asked for after
    /// <see cref="StopLocalSteps"/>.</param>
    /// <param name="NotFinite">Why it must not be pushed, in one sentence that names the samples; null where it is
    /// finite.</param>
    public sealed record Computed(StepResult Result, int Samples, string? NotFinite = null);

    /// <summary>
    /// Engine → training loop: the device has too little memory for so many samples. The engine can go on with fewer;
    /// local steps are undone.
    /// </summary>
    public sealed record OutOfMemory(string Reason, int Samples);

    /// <summary>Parent → engine: drop the local steps under way. Answered by <see cref="Stopped"/>.</summary>
    public sealed record Stop;

    /// <summary>Engine → parent: it computes nothing, its buffers may be written.</summary>
    public sealed record Stopped;

    /// <summary>Parent → engine: evaluate these parameters. Answered by <see cref="Evaluated"/>.</summary>
    /// <param name="Epoch">The epoch just completed.</param>
    /// <param name="Parameters">The parameters.</param>
    /// <param name="Buffers">The model's buffers; null while no worker has reported any.</param>
    public sealed record Evaluate(int Epoch, float[] Parameters, float[]? Buffers);

    /// <summary>Engine → parent.</summary>
    public sealed record Evaluated(int Epoch, Evaluation Evaluation);

    /// <summary>Parent's supervision → parent: the engine threw, and was stopped.</summary>
    /// <param name="Reason">Why, in one line.</param>
    /// <param name="MayPass">Whether a new engine may succeed.</param>
    public sealed record Failed(string Reason, bool MayPass);
}
