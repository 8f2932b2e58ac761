using ActorTrain.Job;
using ActorTrain.Sentences;

namespace ActorTrain.Engines;

/// <summary>The requirements on every engine, checked before it takes part in a job.</summary>
internal static class EngineContract
{
    /// <summary>
    /// The first requirement that an engine violates, in one sentence that names the engine; null where there is none.
    /// </summary>
    public static string? FirstViolation(IGradientEngine engine)
    {
        var name = $"engine {engine.GetType().Name}";
        if (engine.Model is not { } model)
            return $"{name} describes no model; its {nameof(engine.Model)} is null";
        name += $" of model {model.Name}";
        if (engine.Dataset is not { } dataset)
            return $"{name} describes no data set; its {nameof(engine.Dataset)} is null";
        if (engine.Device is null)
            return $"{name} describes no device; its {nameof(engine.Device)} is null";
        return string.IsNullOrWhiteSpace(model.MetricName) || model.MetricName.Any(char.IsControl)
                ? $"{name} has no name for its metric; its {nameof(model.MetricName)} must be a text of one line, such "
                    + $"as {TrainingReport.DefaultMetric}"
            : model.Parameters.Length == 0 ? $"{name} has no parameters to train"
            : dataset.TrainSamples < 1
                ? $"{name} has no training samples: its data set {dataset.Name} has {dataset.TrainSamples}"
            : dataset.TestSamples < 0
                ? $"{name}: its data set {dataset.Name} has " + $"{Plural.Format(dataset.TestSamples, "test sample")}"
            : LengthDiffers(name, nameof(engine.Parameters), engine.Parameters.Length, model.Parameters.Length)
                ?? LengthDiffers(name, nameof(engine.Buffers), engine.Buffers.Length, model.Buffers.Length);
    }

    /// <summary>
    /// Says which buffer an engine has replaced, which the runtime continues to read and write; null where it has not.
    /// </summary>
    public static string? FirstMove(IGradientEngine engine, Memory<float> parameters, Memory<float> state) =>
        Moved(engine, nameof(engine.Parameters), engine.Parameters.Equals(parameters))
        ?? Moved(engine, nameof(engine.Buffers), engine.Buffers.Equals(state));

    private static string? LengthDiffers(string name, string buffer, int length, int expected) =>
        length == expected
            ? null
            : $"{name}: its {buffer} is {Plural.Format(length, "value")} long, and its layout says " + $"{expected}";

    private static string? Moved(IGradientEngine engine, string buffer, bool same) =>
        same
            ? null
            : $"engine {engine.GetType().Name} of model {engine.Model.Name}: its {buffer} is another buffer than "
                + $"before; it must stay the same until the engine is disposed";
}
