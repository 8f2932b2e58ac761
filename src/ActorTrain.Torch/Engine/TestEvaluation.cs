using System.Runtime.InteropServices;
using ActorTrain.Engines;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>Evaluates a network on all test samples, in batches that fit the device's memory.</summary>
/// <param name="network">The network.</param>
/// <param name="objective">Its loss and its metric.</param>
/// <param name="batch">Reads the test samples.</param>
/// <param name="samples">Number of test samples.</param>
/// <param name="batchSize">Samples of a batch; halved when the device cannot hold so many.</param>
/// <param name="seed">The job's seed, on which depends what an evaluation draws.</param>
internal sealed class TestEvaluation(
    FlatNetwork network,
    Objective objective,
    BatchBuffer batch,
    int samples,
    int batchSize,
    long seed
)
{
    // Large enough to keep every core busy, small enough for the activations of a wide network.
    private const int MostSamples = 500;
    private const long MostInputBytes = 64L << 20;

    // Another stream than those of training, whose epochs are counted from 1.
    private const long Stream = -1;

    private int _batchSize = batchSize;

    /// <summary>The batch size that suits inputs of a length, where the job names none.</summary>
    /// <param name="inputLength">Numbers of one input.</param>
    public static int DefaultBatchSize(int inputLength) =>
        (int)Math.Clamp(MostInputBytes / (sizeof(float) * (long)inputLength), 1, MostSamples);

    /// <summary>Evaluates at the parameters and the buffers in memory.</summary>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Evaluation Run(CancellationToken cancellation)
    {
        using var _ = no_grad();
        network.BeginEvaluation();
        var (loss, metric) = (0.0, 0.0);
        for (var start = 0; start < samples; )
        {
            cancellation.ThrowIfCancellationRequested();
            var indices = Enumerable.Range(start, Math.Min(_batchSize, samples - start)).ToArray();
            try
            {
                var (mean, sum) = EvaluateBatch(indices);
                (loss, metric, start) = (loss + mean * indices.Length, metric + sum, start + indices.Length);
            }
            // As in training: a batch that the device cannot hold is halved, and later batches keep the smaller size.
            catch (Exception failure) when (indices.Length > 1 && IsShortage(failure))
            {
                _batchSize = indices.Length / 2;
            }
        }
        return new Evaluation(loss / samples, metric / samples, samples);
    }

    private (double MeanLoss, double MetricSum) EvaluateBatch(int[] indices)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = batch.Fill(indices, seed: 0);
        var (outputs, loss) = network.Run(
            SplitMix64.Mix(seed, indices[0], Stream),
            () =>
            {
                var scores = objective.Outputs(network.Evaluate, inputs);
                return (scores, objective.Loss(scores, targets));
            }
        );
        var mean = loss.ToDouble();
        if (!double.IsFinite(mean))
            batch.CheckFinite("test", indices);
        return (mean, network.Run(indices[0], () => objective.MetricSum(outputs, targets)));
    }

    private static bool IsShortage(Exception failure) =>
        failure is OutOfMemoryException || failure is ExternalException && MemoryShortage.Is(failure.Message);
}
