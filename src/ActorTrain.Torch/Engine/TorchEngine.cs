using System.Runtime.InteropServices;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>Computes gradients with TorchSharp. Must be created and used on one thread.</summary>
internal sealed class TorchEngine : IGradientEngine
{
    private static int _live;

    private readonly FlatNetwork _network;
    private readonly BatchBuffer _trainBatch,
        _testBatch;
    private readonly Objective _objective;
    private readonly TestEvaluation _evaluation;
    private readonly JobOptions _job;
    private bool _disposed;

    public TorchEngine(
        FlatNetwork network,
        IDataset dataset,
        Augmentation augmentation,
        TorchDevice device,
        JobOptions job,
        TorchModel? custom = null
    )
    {
        (_network, Device, Dataset, _job) = (network, device.Description, Describe(dataset), job);
        Model = network.Description with
        {
            MetricName = custom?.Metric is null ? TrainingReport.DefaultMetric : custom.MetricName,
        };
        _objective = new Objective(network.Description.Name, dataset, custom);
        _trainBatch = CreateBatch(train: true);
        _testBatch = CreateBatch(train: false);
        var batchSize =
            job.EvaluationBatchSize > 0
                ? job.EvaluationBatchSize
                : TestEvaluation.DefaultBatchSize(
                    SampleShape.LengthOf(dataset.Description.Name, "input", dataset.InputShape)
                );
        _evaluation = new TestEvaluation(network, _objective, _testBatch, Dataset.TestSamples, batchSize, job.Seed);
        Interlocked.Increment(ref _live);

        BatchBuffer CreateBatch(bool train)
        {
            IBatchReader reader = dataset is ImageDataset images
                ? new ImageReader(
                    train ? images.Train : images.Test,
                    images.Normalization,
                    train ? augmentation : Augmentation.None
                )
                : new SampleReader(dataset, train);
            return new BatchBuffer(dataset, reader, device, network.PrefersChannelsLast, network.HasCustomCode);
        }
    }

    /// <summary>Engines of this process that are not disposed of.</summary>
    public static int Live => Volatile.Read(ref _live);

    public ModelDescription Model { get; }

    public DatasetDescription Dataset { get; }

    public DeviceDescription Device { get; private set; }

    public Memory<float> Parameters => _network.Parameters;

    public Memory<float> Buffers => _network.Buffers;

    /// <summary>Sets the number of threads, and describes it. To be called on the engine's thread.</summary>
    public void UseThreads(ThreadChoice threads)
    {
        TryThreads(threads.Threads);
        Device = Device with { Threads = threads.Threads, ThreadsReason = threads.Reason };
    }

    /// <summary>Sets the number of threads to measure the engine with it.</summary>
    public void TryThreads(int threads) => TorchDevice.SetThreads(threads);

    public void Initialize(long seed) => _network.Initialize(seed);

    public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) =>
        ComputeGradient(samples, seed, gradient, CancellationToken.None);

    public StepResult ComputeGradient(
        ReadOnlySpan<int> samples,
        long seed,
        Span<float> gradient,
        CancellationToken abandoned
    )
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        CheckIndices(samples);
        try
        {
            return Step(samples, seed, gradient, abandoned);
        }
        catch (Exception failure)
        {
            // Otherwise the next backward would add to the gradients that this one has left.
            _network.DropGradients();
            if (failure is ExternalException && MemoryShortage.Is(failure.Message))
                throw MemoryShortage.Create(failure, samples.Length);
            throw;
        }
    }

    public Evaluation Evaluate(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _evaluation.Run(cancellation);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _network.Dispose();
        _trainBatch.Dispose();
        _testBatch.Dispose();
        // The next job may be another one, of another size.
        if (Interlocked.Decrement(ref _live) == 0)
            HostAllocator.GiveBack();
    }

    // Classes and normalisation come from the data set itself: its description need not have them.
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

    private StepResult Step(ReadOnlySpan<int> samples, long seed, Span<float> gradient, CancellationToken abandoned)
    {
        using var scope = NewDisposeScope();
        var count = samples.Length;
        if (count < _job.SmallestMicroBatch)
            samples = FillerSamples.Append(samples, _job.SmallestMicroBatch, Dataset.TrainSamples, seed);
        var all = samples.Length;
        var (inputs, targets) = _trainBatch.Fill(samples, seed);
        if (all > count)
            targets = targets.narrow(0, 0, count);
        var (outputs, loss) = _network.Run(
            seed,
            () =>
            {
                var scores = _objective.Outputs(_network.ForwardToTrain, inputs);
                if (all > count)
                    scores = _objective.WithoutFillers(scores, all, count);
                return (scores, _objective.Loss(scores, targets));
            }
        );
        if (!loss.requires_grad)
            throw new ActorTrainException(
                $"model {Model.Name}: its loss has no gradient; it must be computed from the outputs alone by "
                    + $"operations that have one"
            );
        abandoned.ThrowIfCancellationRequested();
        _objective.Backward(loss);
        var untouched = _network.CollectGradient(gradient);
        var mean = loss.ToDouble();
        if (!double.IsFinite(mean))
            _trainBatch.CheckFinite("training", samples[..count]);
        var correct = _network.Run(seed, () => _objective.MetricSum(outputs, targets));
        return new StepResult(mean, (int)Math.Round(double.IsNaN(correct) ? 0 : correct), untouched);
    }

    private void CheckIndices(ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty)
            throw new ArgumentException("A gradient needs at least one sample.", nameof(samples));
        foreach (var sample in samples)
            if ((uint)sample >= (uint)Dataset.TrainSamples)
                throw new ArgumentException(
                    $"Sample {sample} does not exist; the training set has {Dataset.TrainSamples}.",
                    nameof(samples)
                );
    }
}
