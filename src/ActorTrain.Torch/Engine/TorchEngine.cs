using System.Runtime.InteropServices;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
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
    private readonly IDataset _dataset;
    private readonly Objective _objective;
    private bool _disposed;

    public TorchEngine(FlatNetwork network, IDataset dataset, Augmentation augmentation, TorchDevice device, TorchModel? own = null)
    {
        (_network, _dataset, Device, Dataset) = (network, dataset, device.Description, Describe(dataset));
        _objective = new Objective(network.Description.Name, dataset, own);
        _trainBatch = new BatchBuffer(dataset, Reader(train: true), device);
        _testBatch = new BatchBuffer(dataset, Reader(train: false), device);

        IBatchReader Reader(bool train) => dataset is ImageDataset images
            ? new ImageReader(train ? images.Train : images.Test, images.Normalization, train ? augmentation : Augmentation.None)
            : new SampleReader(dataset, train);
    }

    public ModelDescription Model => _network.Description;

    public DatasetDescription Dataset { get; }

    public DeviceDescription Device { get; }

    public Memory<float> Parameters => _network.Parameters;

    public Memory<float> State => _network.State;

    public void Initialize(long seed) => _network.Initialize(seed);

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) => ComputeGradient(samples, seed, gradient, CancellationToken.None);

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient, CancellationToken abandoned)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(samples);
        try
        {
            return Step(samples, seed, gradient, abandoned);
        }
        catch (ExternalException e) when (MemoryShortage.Is(e.Message))
        {
            throw MemoryShortage.Of(e, samples.Length);
        }
    }

    // A data set tells its classes and its normalisation apart from its description, and need not tell all.
    private static DatasetDescription Describe(IDataset dataset)
    {
        ClassNames.Check(dataset.Description.Name, dataset.ClassNames, dataset.Classes);
        return dataset.Description with
        {
            Classes = dataset.Classes,
            ClassNames = dataset.ClassNames,
            Mean = dataset.Normalization?.Mean,
            Deviation = dataset.Normalization?.Deviation,
        };
    }

    public Evaluation Evaluate(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var _ = no_grad();
        _network.BeginEvaluation();
        var count = _dataset.Description.TestSamples;
        var samples = Enumerable.Range(0, count).ToArray();
        var (loss, right) = (0.0, 0.0);
        var batch = Math.Clamp(_testBatch.MostSamples, 1, EvaluationBatch);
        for (var start = 0; start < count; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var part = samples.AsSpan(start, Math.Min(batch, count - start));
            var (inputs, targets) = _testBatch.Fill(part, seed: 0);
            var outputs = _objective.Outputs(_network.Evaluate, inputs);
            loss += _objective.Loss(outputs, targets).ToDouble() * part.Length;
            right += _objective.Right(outputs, targets);
        }
        return new Evaluation(loss / count, right / count, count);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _network.Dispose();
        _trainBatch.Dispose();
        _testBatch.Dispose();
    }

    private StepResult Step(ReadOnlySpan<int> samples, long seed, Span<float> gradient, CancellationToken abandoned)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = _trainBatch.Fill(samples, seed);
        var outputs = _objective.Outputs(_network.ForwardToTrain, inputs);
        var loss = _objective.Loss(outputs, targets);
        if (!loss.requires_grad) throw new ActorTrainException($"model {Model.Name}: its loss has no gradient; it must be computed from the outputs alone by operations that have one");
        abandoned.ThrowIfCancellationRequested();
        _network.Backward(loss, gradient);
        return new StepResult(loss.ToDouble(), (int)Math.Round(_objective.Right(outputs, targets) is var right && double.IsNaN(right) ? 0 : right));
    }

    private void Check(ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty) throw new ArgumentException("A gradient needs at least one sample.", nameof(samples));
        foreach (var sample in samples)
            if ((uint)sample >= (uint)_dataset.Description.TrainSamples)
                throw new ArgumentException($"Sample {sample} does not exist; the training set has {_dataset.Description.TrainSamples}.", nameof(samples));
    }
}
