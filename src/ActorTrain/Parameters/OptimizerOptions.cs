namespace ActorTrain.Parameters;

/// <summary>The kinds of optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent, with momentum and Nesterov's variant as options.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,
}

/// <summary>The rule by which a gradient is applied; the formulas are PyTorch's.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="LearningRate">Step size before the schedule's factor, &gt; 0.</param>
/// <param name="Momentum">SGD's momentum, 0 to below 1.</param>
/// <param name="Nesterov">Whether SGD's momentum is Nesterov's.</param>
/// <param name="WeightDecay">L2 penalty (SGD, Adam) or decoupled decay (AdamW), ≥ 0.</param>
/// <param name="Beta1">Adam's decay of the first moment, 0 to below 1.</param>
/// <param name="Beta2">Adam's decay of the second moment, 0 to below 1.</param>
/// <param name="Epsilon">Adam's term against division by zero, &gt; 0.</param>
public sealed record OptimizerOptions(
    OptimizerKind Kind,
    float LearningRate,
    float Momentum,
    bool Nesterov,
    float WeightDecay,
    float Beta1,
    float Beta2,
    float Epsilon
);
