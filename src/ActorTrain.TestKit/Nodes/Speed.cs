using System.Globalization;

namespace ActorTrain.TestKit.Nodes;

/// <summary>How fast a node computes gradients.</summary>
public abstract record Speed
{
    private Speed() { }

    /// <summary>What is random in a micro-batch's time.</summary>
    /// <param name="Uniform">A number from 0 to below 1, another one each time.</param>
    /// <param name="Number">The micro-batch's number on its node, from a random one on.</param>
    internal readonly record struct Draw(double Uniform, ulong Number);

    /// <summary>Time that each micro-batch takes beside its samples.</summary>
    public TimeSpan PerStep { get; init; }

    /// <summary>The same for every micro-batch.</summary>
    /// <param name="samplesPerSecond">Samples a second, above 0.</param>
    public static Speed Constant(double samplesPerSecond) => new ConstantSpeed(samplesPerSecond);

    /// <summary>Times that are exponentially distributed: memoryless.</summary>
    /// <param name="samplesPerSecond">Samples a second in the mean, above 0.</param>
    public static Speed Exponential(double samplesPerSecond) => new ExponentialSpeed(samplesPerSecond);

    /// <summary>Micro-batch after micro-batch as fast as they were measured, in their order, again and again; each node begins at another of them.</summary>
    /// <param name="samplesPerSecond">Samples a second of each micro-batch, in the order in which they were measured, above 0; one at least.</param>
    public static Speed Replayed(params IReadOnlyList<double> samplesPerSecond) =>
        samplesPerSecond.Count > 0 ? new ReplayedSpeed([.. samplesPerSecond]) : throw new ArgumentException("Nothing was measured.", nameof(samplesPerSecond));

    /// <summary>A speed that changes with time, in steps, as it was recorded.</summary>
    /// <param name="steps">From when on it is how fast, samples a second; the first from zero on.</param>
    public static Speed Trace(params (TimeSpan From, double SamplesPerSecond)[] steps) => new TraceSpeed([.. steps.OrderBy(step => step.From)]);

    /// <summary>The speed in the words of a script: <c>1000</c>, <c>exponential 1000</c>, <c>replayed 950 1020 990</c>, <c>trace 0s 1000 30s 250</c>.</summary>
    public abstract string Words { get; }

    /// <summary>Time for some samples.</summary>
    /// <param name="samples">Samples of a micro-batch.</param>
    /// <param name="now">Time since the simulation began.</param>
    /// <param name="draw">What is random in it.</param>
    internal TimeSpan For(int samples, TimeSpan now, Draw draw) => PerStep + TimeSpan.FromSeconds(SecondsFor(samples, now, draw));

    /// <summary>Samples a second in the mean, at a time.</summary>
    internal abstract double At(TimeSpan now);

    private protected virtual double SecondsFor(int samples, TimeSpan now, Draw draw) => samples / At(now);

    private string Code(string speed) =>
        PerStep == TimeSpan.Zero ? speed : FormattableString.Invariant($"{speed} with {{ PerStep = TimeSpan.FromSeconds({PerStep.TotalSeconds}) }}");

    private sealed record ConstantSpeed(double SamplesPerSecond) : Speed
    {
        internal override double At(TimeSpan now) => SamplesPerSecond;

        public override string Words => FormattableString.Invariant($"{SamplesPerSecond}");

        public override string ToString() => Code(FormattableString.Invariant($"Speed.Constant({SamplesPerSecond})"));
    }

    private sealed record ExponentialSpeed(double SamplesPerSecond) : Speed
    {
        internal override double At(TimeSpan now) => SamplesPerSecond;

        private protected override double SecondsFor(int samples, TimeSpan now, Draw draw) => -Math.Log(1 - draw.Uniform) * samples / SamplesPerSecond;

        public override string Words => FormattableString.Invariant($"exponential {SamplesPerSecond}");

        public override string ToString() => Code(FormattableString.Invariant($"Speed.Exponential({SamplesPerSecond})"));
    }

    private sealed record ReplayedSpeed(IReadOnlyList<double> SamplesPerSecond) : Speed
    {
        // The mean of what was measured is one of times.
        private readonly double _mean = 1 / SamplesPerSecond.Average(rate => 1 / rate);

        internal override double At(TimeSpan now) => _mean;

        private protected override double SecondsFor(int samples, TimeSpan now, Draw draw) => samples / SamplesPerSecond[(int)(draw.Number % (ulong)SamplesPerSecond.Count)];

        public override string Words => $"replayed {Listed(" ")}";

        public override string ToString() => Code($"Speed.Replayed({Listed(", ")})");

        private string Listed(string between) => string.Join(between, SamplesPerSecond.Select(rate => rate.ToString(CultureInfo.InvariantCulture)));
    }

    private sealed record TraceSpeed(IReadOnlyList<(TimeSpan From, double SamplesPerSecond)> Steps) : Speed
    {
        internal override double At(TimeSpan now) => Steps.LastOrDefault(step => step.From <= now, Steps[0]).SamplesPerSecond;

        public override string Words => $"trace {string.Join(' ', Steps.Select(step => FormattableString.Invariant($"{step.From.TotalSeconds}s {step.SamplesPerSecond}")))}";

        public override string ToString() =>
            Code($"Speed.Trace({string.Join(", ", Steps.Select(step => FormattableString.Invariant($"(TimeSpan.FromSeconds({step.From.TotalSeconds}), {step.SamplesPerSecond})")))})");
    }
}
