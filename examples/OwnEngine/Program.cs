// A custom engine, without Torch: logistic regression on points that a line divides.
//   dotnet run -c Release --project examples/OwnEngine -- demo
using ActorTrain.CommandLine;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;

return await ActorTrainProgram.RunAsync(
    args,
    new LogisticRegression.Factory(),
    "epochs = 10, batch-size = 32, optimizer { momentum = 0, learning-rate = 0.5 }"
);

internal sealed class LogisticRegression : IGradientEngine
{
    private const int TestStart = 100_000;

    private readonly float[] _parameters = new float[3];

    public ModelDescription Model { get; } =
        new("logistic-regression", ParameterLayout.Create([("weight", [1, 2]), ("bias", [1])]), ParameterLayout.Empty);

    public DatasetDescription Dataset { get; } = new("points", 10_000, 1_000, "1ab5e8d1");

    public DeviceDescription Device { get; } = new("cpu", "plain C#", Threads: 1);

    // The runtime writes parameters here, so the engine must never replace these vectors.
    public Memory<float> Parameters => _parameters;

    public Memory<float> Buffers => Memory<float>.Empty;

    public void Initialize(long seed) => _parameters.AsSpan().Clear();

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
    {
        gradient.Clear();
        var (loss, correct) = (0.0, 0);
        foreach (var sample in samples)
        {
            var (x, y, isAbove) = Point(sample);
            var (probability, sampleLoss) = Predict(x, y, isAbove);
            // The derivative of the cross-entropy by the score, and the mean over the samples.
            var slope = (probability - (isAbove ? 1 : 0)) / samples.Length;
            gradient[0] += slope * x;
            gradient[1] += slope * y;
            gradient[2] += slope;
            loss += sampleLoss / samples.Length;
            correct += probability > 0.5 == isAbove ? 1 : 0;
        }
        return new StepResult(loss, correct);
    }

    public Evaluation Evaluate(CancellationToken cancellation)
    {
        var all = Enumerable
            .Range(TestStart, Dataset.TestSamples)
            .Select(Point)
            .Select(point => (point.IsAbove, Predicted: Predict(point.X, point.Y, point.IsAbove)))
            .ToList();
        return new Evaluation(
            all.Average(sample => sample.Predicted.Loss),
            all.Average(sample => sample.Predicted.Probability > 0.5 == sample.IsAbove ? 1.0 : 0),
            all.Count
        );
    }

    public void Dispose() { }

    private (float Probability, double Loss) Predict(float x, float y, bool isAbove)
    {
        var probability = 1 / (1 + MathF.Exp(-(_parameters[0] * x + _parameters[1] * y + _parameters[2])));
        return (probability, -Math.Log(Math.Max(isAbove ? probability : 1 - probability, 1e-7f)));
    }

    // Every worker computes the same points: a sample is a function of its index.
    private static (float X, float Y, bool IsAbove) Point(int index)
    {
        var random = new Random(index);
        var (x, y) = (2 * random.NextSingle() - 1, 2 * random.NextSingle() - 1);
        return (x, y, y > 0.5f * x + 0.2f);
    }

    internal sealed class Factory : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job) => new LogisticRegression();
    }
}
