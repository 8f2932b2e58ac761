using ActorTrain.Settings;

namespace ActorTrain.Parameters;

/// <summary>
/// The rule by which a gradient is applied: section <c>actortrain.job.optimizer</c>. The formulas of
/// <see cref="Sgd"/>, <see cref="Adam"/> and <see cref="AdamW"/> are PyTorch's.
/// </summary>
public abstract record OptimizerOptions
{
    private protected OptimizerOptions(string name, double learningRate) => (Name, LearningRate) = (name, learningRate);

    /// <summary>Its name in configuration.</summary>
    public string Name { get; }

    /// <summary>Step size before the schedule's factor, &gt; 0.</summary>
    public double LearningRate { get; init; }
}

/// <summary>Stochastic gradient descent.</summary>
/// <param name="LearningRate">Step size before the schedule's factor, &gt; 0.</param>
public sealed record Sgd(double LearningRate = 0.03) : OptimizerOptions(OptimizerNames.Sgd, LearningRate)
{
    /// <summary>Momentum, 0 to below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; init; }

    /// <summary>L2 penalty, ≥ 0: it is added to the gradient.</summary>
    public double WeightDecay { get; init; }
}

/// <summary>Adam (Kingma and Ba 2015).</summary>
public record Adam : OptimizerOptions
{
    /// <param name="learningRate">Step size before the schedule's factor, &gt; 0.</param>
    public Adam(double learningRate = 0.03)
        : this(OptimizerNames.Adam, learningRate) { }

    private protected Adam(string name, double learningRate)
        : base(name, learningRate) { }

    /// <summary>Decay of the first moment, 0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment, 0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>The term against division by zero, &gt; 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>L2 penalty, which is added to the gradient, or decoupled decay (<see cref="AdamW"/>), ≥ 0.</summary>
    public double WeightDecay { get; init; }
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
public sealed record AdamW : Adam
{
    /// <param name="learningRate">Step size before the schedule's factor, &gt; 0.</param>
    public AdamW(double learningRate = 0.03)
        : base(OptimizerNames.AdamW, learningRate) { }
}

/// <summary>An optimizer that the nodes have added (<c>AddOptimizer</c>).</summary>
/// <param name="Name">The name that it was added by.</param>
/// <param name="LearningRate">Step size before the schedule's factor, &gt; 0.</param>
public sealed record CustomOptimizer(string Name, double LearningRate = 0.03) : OptimizerOptions(Name, LearningRate)
{
    /// <summary>Its settings: section <c>actortrain.job.optimizer.settings</c>, with relative keys.</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get;
        init => field = new SettingValues(value);
    } = new SettingValues();
}

/// <summary>The names of the optimizers that come with ActorTrain.</summary>
internal static class OptimizerNames
{
    public const string Sgd = "sgd";
    public const string Adam = "adam";
    public const string AdamW = "adamw";

    public static IReadOnlyList<string> All { get; } = [Sgd, Adam, AdamW];
}
