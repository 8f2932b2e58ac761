using System.Runtime.InteropServices;
using ActorTrain.Job;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Native;
using ActorTrain.Worker;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>Computes gradients with TorchSharp. To be made and used on one thread.</summary>
internal sealed class TorchEngine : IGradientEngine
{
    // Large enough to keep every core busy, small enough for the activations of a wide network.
    private const int MostEvaluated = 500;
    private const long EvaluatedBytes = 64L << 20;

    // Another stream than those of training, whose epochs are counted from 1.
    private const long EvaluationStream = -1,
        DataStream = -2;

    private static int _live;

    private readonly FlatNetwork _network;
    private readonly BatchBuffer _trainBatch,
        _testBatch;
    private readonly IDataset _dataset;
    private readonly Objective _objective;
    private readonly JobOptions _job;
    private int _evaluationBatch;
    private bool _disposed;

    public TorchEngine(
        FlatNetwork network,
        IDataset dataset,
        Augmentation augmentation,
        TorchDevice device,
        JobOptions job,
        TorchModel? own = null
    )
    {
        (_network, _dataset, Device, Dataset, _job) = (network, dataset, device.Description, Describe(dataset), job);
        Model = network.Description with
        {
            MetricName = own?.Metric is null ? ModelDescription.DefaultMetricName : own.MetricName,
        };
        _objective = new Objective(network.Description.Name, dataset, own);
        _trainBatch = new BatchBuffer(
            dataset,
            Reader(train: true),
            device,
            network.PrefersChannelsLast,
            network.HasForeignCode
        );
        _testBatch = new BatchBuffer(
            dataset,
            Reader(train: false),
            device,
            network.PrefersChannelsLast,
            network.HasForeignCode
        );
        var inputBytes =
            sizeof(float) * (long)SampleShape.LengthOf(dataset.Description.Name, "input", dataset.InputShape);
        _evaluationBatch =
            job.EvaluationBatch > 0
                ? job.EvaluationBatch
                : (int)Math.Clamp(EvaluatedBytes / inputBytes, 1, MostEvaluated);
        Interlocked.Increment(ref _live);

        IBatchReader Reader(bool train) =>
            dataset is ImageDataset images
                ? new ImageReader(
                    train ? images.Train : images.Test,
                    images.Normalization,
                    train ? augmentation : Augmentation.None
                )
                : new SampleReader(dataset, train);
    }

    /// <summary>Engines of this process that are not disposed of.</summary>
    public static int Live => Volatile.Read(ref _live);

    public ModelDescription Model { get; }

    public DatasetDescription Dataset { get; }

    public DeviceDescription Device { get; private set; }

    /// <summary>Has the engine use some threads, on the thread that it is used on.</summary>
    public void Use(ThreadChoice threads)
    {
        UseThreads(threads.Threads);
        Device = Device with { Threads = threads.Threads, ThreadsReason = threads.Reason };
    }

    /// <summary>The same for now, to try it.</summary>
    public void UseThreads(int threads) => TorchDevice.SetThreads(threads);

    public Memory<float> Parameters => _network.Parameters;

    public Memory<float> State => _network.State;

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
        Check(samples);
        try
        {
            return Step(samples, seed, gradient, abandoned);
        }
        catch (Exception failure)
        {
            // What a backward had handed over already would be added to the next one's.
            _network.DropGradients();
            if (failure is ExternalException && MemoryShortage.Is(failure.Message))
                throw MemoryShortage.Of(failure, samples.Length);
            throw;
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
        var (loss, right) = (0.0, 0.0);
        for (var start = 0; start < count; )
        {
            cancellation.ThrowIfCancellationRequested();
            var samples = Enumerable.Range(start, Math.Min(_evaluationBatch, count - start)).ToArray();
            try
            {
                var (partLoss, partRight) = EvaluatePart(samples);
                (loss, right, start) = (loss + partLoss * samples.Length, right + partRight, start + samples.Length);
            }
            // As in training: what the device does not hold is halved, and remembered.
            catch (Exception e)
                when (samples.Length > 1
                    && (e is OutOfMemoryException || e is ExternalException && MemoryShortage.Is(e.Message))
                )
            {
                _evaluationBatch = samples.Length / 2;
            }
        }
        return new Evaluation(loss / count, right / count, count);
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

    private (double Loss, double Right) EvaluatePart(int[] samples)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = Fill(_testBatch, samples, seed: 0);
        var (outputs, loss) = Drawing(
            SplitMix64.Mix(_job.Seed, samples[0], EvaluationStream),
            () =>
            {
                var scores = _objective.Outputs(_network.Evaluate, inputs);
                return (scores, _objective.Loss(scores, targets));
            }
        );
        var mean = loss.ToDouble();
        if (!double.IsFinite(mean))
            CheckFinite(_testBatch, "test", samples);
        return (mean, Drawing(samples[0], () => _objective.Right(outputs, targets)));
    }

    // A data set of somebody's own may draw: another stream than the forward's, of the same seed.
    private (Tensor Inputs, Tensor Targets) Fill(BatchBuffer batch, ReadOnlySpan<int> samples, long seed)
    {
        if (_dataset is ImageDataset or ArrayDataset)
            return batch.Fill(samples, seed);
        var indices = samples.ToArray();
        return RandomStream.Run(SplitMix64.Mix(seed, DataStream, 0), () => batch.Fill(indices, seed));
    }

    private T Drawing<T>(long seed, Func<T> draws) => _network.MayDraw ? RandomStream.Run(seed, draws) : draws();

    // Whoever computed it, such a sample would give no finite loss.
    private void CheckFinite(BatchBuffer batch, string which, ReadOnlySpan<int> samples)
    {
        if (batch.FirstNotFinite(samples.Length) is var (place, where))
            throw new ActorTrainException(
                $"data set {Dataset.Name}: {which} sample {samples[place]} holds a number that is not finite in its "
                    + $"{where}; leave it out, or put a number in its place"
            );
    }

    private StepResult Step(ReadOnlySpan<int> samples, long seed, Span<float> gradient, CancellationToken abandoned)
    {
        using var scope = NewDisposeScope();
        var count = samples.Length;
        if (count < _job.LeastMicroBatch)
            samples = Companions.Join(samples, _job.LeastMicroBatch, Dataset.TrainSamples, seed);
        var (inputs, targets) = Fill(_trainBatch, samples, seed);
        if (samples.Length > count)
            targets = targets.narrow(0, 0, count);
        var all = samples.Length;
        var (outputs, loss) = Drawing(
            seed,
            () =>
            {
                var scores = _objective.Outputs(_network.ForwardToTrain, inputs);
                if (all > count)
                    scores = _objective.FirstOf(scores, all, count);
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
        var untouched = _network.Gather(gradient);
        var mean = loss.ToDouble();
        if (!double.IsFinite(mean))
            CheckFinite(_trainBatch, "training", samples[..count]);
        var right = Drawing(seed, () => _objective.Right(outputs, targets));
        return new StepResult(mean, (int)Math.Round(double.IsNaN(right) ? 0 : right), untouched);
    }

    private void Check(ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty)
            throw new ArgumentException("A gradient needs at least one sample.", nameof(samples));
        foreach (var sample in samples)
            if ((uint)sample >= (uint)_dataset.Description.TrainSamples)
                throw new ArgumentException(
                    $"Sample {sample} does not exist; the training set has {_dataset.Description.TrainSamples}.",
                    nameof(samples)
                );
    }
}
