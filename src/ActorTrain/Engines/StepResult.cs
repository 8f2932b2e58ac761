using ActorTrain.Parameters;

namespace ActorTrain.Engines;

/// <summary>The result of a gradient besides the gradient itself.</summary>
/// <param name="Loss">Mean loss over the samples, before any update.</param>
/// <param name="Correct">Samples whose predicted class was right.</param>
/// <param name="Untouched">Ranges of the flat vector whose parameters have no gradient, in order, not adjacent: an
/// unused branch, an expert that was not selected. No optimizer changes them: no weight decay, no momentum, no step
/// counted. The gradient is zero there. Null where every parameter has one.</param>
public readonly record struct StepResult(double Loss, int Correct, IReadOnlyList<FlatRange>? Untouched = null);
