using ActorTrain.Settings;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit.Nodes;

/// <summary>How fast a node computes gradients.</summary>
public abstract record Speed
{
    private Speed() { }

    /// <summary>The random part of a micro-batch's time.</summary>
    /// <param name="Uniform">A random number from 0 to below 1.</param>
    /// <param name="Number">The micro-batch's number on its node, which begins at a random number.</param>
    internal readonly record struct Draw(double Uniform, ulong Number);

    /// <summary>Time of each micro-batch in addition to its samples, 0 or more.</summary>
    /// <exception cref="ActorTrainException">It is negative.</exception>
    public TimeSpan PerStep
    {
        get;
        init => field = Checked.Time("Speed.PerStep", value);
    }

    /// <summary>The same speed for every micro-batch.</summary>
    /// <param name="samplesPerSecond">Samples a second, above 0.</param>
    /// <exception cref="ActorTrainException">The number is out of range.</exception>
    public static Speed Constant(double samplesPerSecond) => new ConstantSpeed(Rate("Constant", samplesPerSecond));

    /// <summary>Times that are exponentially distributed: memoryless.</summary>
    /// <param name="samplesPerSecond">Samples a second in the mean, above 0.</param>
    /// <exception cref="ActorTrainException">The number is out of range.</exception>
    public static Speed Exponential(double samplesPerSecond) =>
        new ExponentialSpeed(Rate("Exponential", samplesPerSecond));

    /// <summary>
    /// The measured speeds of micro-batches, in their order, repeated; each node begins at a random one of them.
    /// </summary>
    /// <param name="samplesPerSecond">Samples a second of each micro-batch, in the order in which they were measured,
    /// above 0; one at least.</param>
    /// <exception cref="ActorTrainException">A number is out of range, or there is none.</exception>
    public static Speed Replayed(params IReadOnlyList<double> samplesPerSecond) =>
        samplesPerSecond is { Count: > 0 }
            ? new ReplayedSpeed([.. samplesPerSecond.Select(rate => Rate("Replayed", rate))])
            : throw Checked.Error("What Speed.Replayed takes", "empty", "one speed or more, in samples a second");

    /// <summary>A recorded speed that changes with time, in steps.</summary>
    /// <param name="steps">
    /// When each step begins, 0 or more and all different, and its samples a second, above 0. One step at least; the
    /// first speed also holds before its time.
    /// </param>
    /// <exception cref="ActorTrainException">A time or a speed is out of range, or there is none.</exception>
    public static Speed Trace(params (TimeSpan From, double SamplesPerSecond)[] steps)
    {
        if (steps is not { Length: > 0 })
            throw Checked.Error(
                "What Speed.Trace takes",
                "empty",
                "one step or more, each a time and samples a second"
            );
        foreach (var (from, rate) in steps)
            (_, _) = (Checked.Time("Speed.Trace: From", from), Rate("Trace", rate));
        if (steps.CountBy(step => step.From).FirstOrDefault(from => from.Value > 1) is { Value: > 0 } twice)
            throw Checked.Error(
                "Speed.Trace: From",
                FormattableString.Invariant($"{twice.Key.TotalSeconds} s twice"),
                "another time for each step"
            );
        return new TraceSpeed([.. steps.OrderBy(step => step.From)]);
    }

    /// <summary>
    /// The speed as a script writes it: <c>1000</c>, <c>exponential 1000</c>, <c>replayed 950 1020 990</c>, <c>trace 0s
    /// 1000 30s 250</c>.
    /// </summary>
    public abstract string Words { get; }

    /// <summary>Time of a micro-batch.</summary>
    /// <param name="samples">Samples of a micro-batch.</param>
    /// <param name="now">Time since the simulation began.</param>
    /// <param name="draw">Its random part.</param>
    internal TimeSpan TimeFor(int samples, TimeSpan now, Draw draw) => PerStep + ToTime(SecondsFor(samples, now, draw));

    /// <summary>Seconds as a time, three hundred years at most: longer than any simulation.</summary>
    internal static TimeSpan ToTime(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 1e10));

    /// <summary>Mean samples a second at a time.</summary>
    internal abstract double RateAt(TimeSpan now);

    private protected virtual double SecondsFor(int samples, TimeSpan now, Draw draw) => samples / RateAt(now);

    private static double Rate(string speed, double samplesPerSecond) =>
        Checked.Number($"Speed.{speed}: samplesPerSecond", samplesPerSecond, Bounds.Above(0));

    private string Code(string speed) =>
        PerStep == TimeSpan.Zero ? $"Speed.{speed}" : $"Speed.{speed} with {{ PerStep = {CSharp.Literal(PerStep)} }}";

    private sealed record ConstantSpeed(double SamplesPerSecond) : Speed
    {
        internal override double RateAt(TimeSpan now) => SamplesPerSecond;

        public override string Words => FormattableString.Invariant($"{SamplesPerSecond}");

        public override string ToString() => Code($"Constant({CSharp.Literal(SamplesPerSecond)})");
    }

    private sealed record ExponentialSpeed(double SamplesPerSecond) : Speed
    {
        internal override double RateAt(TimeSpan now) => SamplesPerSecond;

        private protected override double SecondsFor(int samples, TimeSpan now, Draw draw) =>
            -Math.Log(1 - draw.Uniform) * samples / SamplesPerSecond;

        public override string Words => FormattableString.Invariant($"exponential {SamplesPerSecond}");

        public override string ToString() => Code($"Exponential({CSharp.Literal(SamplesPerSecond)})");
    }

    private sealed record ReplayedSpeed(IReadOnlyList<double> SamplesPerSecond) : Speed
    {
        // The harmonic mean: times are averaged, not speeds.
        private readonly double _mean = 1 / SamplesPerSecond.Average(rate => 1 / rate);

        internal override double RateAt(TimeSpan now) => _mean;

        private protected override double SecondsFor(int samples, TimeSpan now, Draw draw) =>
            samples / SamplesPerSecond[(int)(draw.Number % (ulong)SamplesPerSecond.Count)];

        public override string Words => $"replayed {string.Join(' ', SamplesPerSecond.Select(CSharp.Literal))}";

        public override string ToString() => Code($"Replayed({CSharp.Listed(SamplesPerSecond)})");
    }

    private sealed record TraceSpeed(IReadOnlyList<(TimeSpan From, double SamplesPerSecond)> Steps) : Speed
    {
        internal override double RateAt(TimeSpan now) =>
            Steps.LastOrDefault(step => step.From <= now, Steps[0]).SamplesPerSecond;

        public override string Words =>
            "trace "
            + string.Join(
                ' ',
                Steps.Select(step => FormattableString.Invariant($"{step.From.TotalSeconds}s {step.SamplesPerSecond}"))
            );

        public override string ToString() => Code($"Trace({string.Join(", ", Steps.Select(CodeOf))})");

        private static string CodeOf((TimeSpan From, double SamplesPerSecond) step) =>
            $"({CSharp.Literal(step.From)}, {CSharp.Literal(step.SamplesPerSecond)})";
    }
}
