using System.Runtime.InteropServices;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Worker;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>Computes gradients with TorchSharp. To be made and used on one thread.</summary>
internal sealed class TorchEngine : IGradientEngine
{
    // Large enough to keep every core busy, small enough for the activations of a wide network.
    private const int EvaluationBatch = 500;

    private readonly FlatNetwork _network;
    private readonly BatchBuffer _trainBatch, _testBatch;
    private readonly ImageDataset _dataset;
    private readonly Augmentation _augmentation;
    private bool _disposed;

    public TorchEngine(FlatNetwork network, ImageDataset dataset, Augmentation augmentation, TorchDevice device)
    {
        (_network, _dataset, _augmentation, Device) = (network, dataset, augmentation, device.Description);
        _trainBatch = new BatchBuffer(dataset.Train.Shape, dataset.Normalization, device);
        _testBatch = new BatchBuffer(dataset.Test.Shape, dataset.Normalization, device);
    }

    public ModelDescription Model => _network.Description;

    public DatasetDescription Dataset => _dataset.Description;

    public DeviceDescription Device { get; }

    public Memory<float> Parameters => _network.Parameters;

    public Memory<float> State => _network.State;

    public void Initialize(long seed) => _network.Initialize(seed);

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(samples);
        try
        {
            return Step(samples, seed, gradient);
        }
        catch (ExternalException e) when (MemoryShortage.Is(e.Message))
        {
            throw MemoryShortage.Of(e, samples.Length);
        }
    }

    public Evaluation Evaluate(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var _ = no_grad();
        _network.BeginEvaluation();
        var test = _dataset.Test;
        var samples = Enumerable.Range(0, test.Count).ToArray();
        var (loss, correct) = (0.0, 0);
        for (var start = 0; start < test.Count; start += EvaluationBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var part = samples.AsSpan(start, Math.Min(EvaluationBatch, test.Count - start));
            var (images, labels) = _testBatch.Fill(test, part, Augmentation.None, seed: 0);
            var scores = _network.Evaluate(images);
            loss += nn.functional.cross_entropy(scores, labels, reduction: nn.Reduction.Sum).item<float>();
            correct += Correct(scores, labels);
        }
        return new Evaluation(loss / test.Count, (double)correct / test.Count, test.Count);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _network.Dispose();
        _trainBatch.Dispose();
        _testBatch.Dispose();
    }

    private StepResult Step(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = _trainBatch.Fill(_dataset.Train, samples, _augmentation, seed);
        var scores = _network.ForwardToTrain(images);
        var loss = nn.functional.cross_entropy(scores, labels);
        _network.Backward(loss, gradient);
        return new StepResult(loss.item<float>(), Correct(scores, labels));
    }

    private static int Correct(Tensor scores, Tensor labels) => (int)scores.argmax(1).eq(labels).sum().item<long>();

    private void Check(ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty) throw new ArgumentException("A gradient needs at least one sample.", nameof(samples));
        foreach (var sample in samples)
            if ((uint)sample >= (uint)_dataset.Train.Count)
                throw new ArgumentException($"Sample {sample} does not exist; the training set has {_dataset.Train.Count}.", nameof(samples));
    }
}
