using System.Globalization;
using ActorTrain.Settings;

namespace ActorTrain.Job;

/// <summary>An interval of time, epochs or samples, such as <c>5m</c>, <c>2 epochs</c> or <c>100000 samples</c>; or
/// none: <c>off</c>.</summary>
public readonly record struct CheckpointInterval
{
    private const string EpochUnit = "epoch",
        SampleUnit = "sample";

    private readonly string? _unit;
    private readonly double _amount;

    private CheckpointInterval(string unit, double amount) => (_unit, _amount) = (unit, amount);

    /// <summary>No interval.</summary>
    public static CheckpointInterval Off => default;

    /// <summary>Whether there is one.</summary>
    public bool IsOn => _unit is not null;

    /// <summary>An interval of training time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public static CheckpointInterval Time(TimeSpan time) => Create("", time.TotalSeconds);

    /// <summary>An interval of epochs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public static CheckpointInterval Epochs(int epochs) => Create(EpochUnit, epochs);

    /// <summary>An interval of samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public static CheckpointInterval Samples(long samples) => Create(SampleUnit, samples);

    /// <summary>Reads what a user writes; null where it is none of these.</summary>
    public static CheckpointInterval? Parse(string text)
    {
        if (text.Trim().ToLowerInvariant() is "off" or "false" or "no")
            return Off;
        foreach (var unit in new[] { EpochUnit, SampleUnit })
            if (text.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var number, var given])
                if (given == unit || given == unit + "s")
                    return
                        long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                        && count > 0
                        ? new CheckpointInterval(unit, count)
                        : null;
        return Quantity.Duration(text) is { TotalSeconds: >= 1 } time ? Time(time) : null;
    }

    /// <summary>How many intervals have passed.</summary>
    /// <param name="time">Time that the job has trained.</param>
    /// <param name="samples">Samples that it has applied.</param>
    /// <param name="trainSamples">Samples of an epoch, ≥ 1.</param>
    internal long Passed(TimeSpan time, long samples, int trainSamples) =>
        _unit switch
        {
            null => 0,
            EpochUnit => (long)(samples / trainSamples / _amount),
            SampleUnit => (long)(samples / _amount),
            _ => (long)(time.TotalSeconds / _amount),
        };

    /// <summary>As it is written in a file.</summary>
    public override string ToString()
    {
        var number = _amount.ToString(CultureInfo.InvariantCulture);
        return _unit switch
        {
            null => "off",
            "" => $"{number}s",
            _ => $"{number} {_unit}{(_amount == 1 ? "" : "s")}",
        };
    }

    private static CheckpointInterval Create(string unit, double amount) =>
        amount > 0 ? new(unit, amount) : throw new ArgumentOutOfRangeException(nameof(amount), amount, "Above 0.");
}
