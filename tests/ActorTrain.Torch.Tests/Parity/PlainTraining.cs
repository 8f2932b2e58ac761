using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Tests.Parity;

/// <summary>
/// A training loop with TorchSharp alone: a module from the seed, the same batches, an optimizer in PyTorch's
/// operations, which skips parameters without a gradient.
/// </summary>
internal static class PlainTraining
{
    /// <summary>The state dictionary after all epochs: names, types and bytes.</summary>
    public static IReadOnlyDictionary<string, (ScalarType Type, byte[] Bytes)> Run(
        Func<nn.Module<Tensor, Tensor>> build,
        JobOptions job,
        IDataset data,
        TorchModel own
    )
    {
        using var scope = NewDisposeScope();
        manual_seed(job.Seed);
        var module = build();
        using var optimizer = new PlainOptimizer(job.Optimizer);
        module.train();
        for (var epoch = 1; epoch <= job.Epochs; epoch++)
        {
            var order = SampleOrder.Get(job.Seed, epoch, data.Description.TrainSamples).ToArray();
            foreach (var part in new SampleRange(epoch, 0, order.Length).Cut(job.BatchSize, job.SmallestMicroBatch))
            {
                var (inputs, targets) = Batch(data, order.AsSpan(part.Start, part.Count));
                // Random numbers of a step depend on the job's seed and the step's samples.
                manual_seed(SampleOrder.SeedOf(job.Seed, part));
                var outputs = module.call(inputs);
                var loss =
                    own.Loss?.Invoke(outputs, targets)
                    ?? (
                        data.Classes > 0
                            ? nn.functional.cross_entropy(outputs, targets)
                            : nn.functional.mse_loss(outputs, targets)
                    );
                loss.backward();
                optimizer.Step(module);
                foreach (var parameter in module.parameters())
                    parameter.grad = null;
            }
        }
        return module
            .state_dict()
            .ToDictionary(
                pair => pair.Key,
                pair => (pair.Value.dtype, pair.Value.detach().contiguous().bytes.ToArray())
            );
    }

    public static (Tensor Inputs, Tensor Targets) Batch(IDataset data, ReadOnlySpan<int> samples)
    {
        var (input, target) = (
            (int)data.InputShape.Aggregate(1L, (a, b) => a * b),
            data.Classes > 0 ? 1 : (int)data.TargetShape.Aggregate(1L, (a, b) => a * b)
        );
        var (inputs, targets) = (new float[samples.Length * input], new float[samples.Length * target]);
        for (var i = 0; i < samples.Length; i++)
            data.ReadTrain(samples[i], inputs.AsSpan(i * input, input), targets.AsSpan(i * target, target));
        return (
            tensor(inputs, [samples.Length, .. data.InputShape]),
            data.Classes > 0
                ? tensor(targets.Select(value => (long)value).ToArray())
                : tensor(targets, [samples.Length, .. data.TargetShape])
        );
    }

    /// <summary>SGD and Adam in PyTorch's operations; a parameter without a gradient is skipped whole. (See
    /// <see cref="Engine.PlainSgd"/> for why not TorchSharp's.)</summary>
    private sealed class PlainOptimizer(OptimizerOptions options) : IDisposable
    {
        private readonly Dictionary<IntPtr, (Tensor First, Tensor Second, int Steps)> _state = [];

        public void Step(nn.Module module)
        {
            using var _ = no_grad();
            // A parameter that TorchSharp's setter has tied is listed twice, but must take one step.
            foreach (var group in module.parameters().GroupBy(parameter => parameter.storage<float>().data_ptr()))
                if (group.First().grad is { } gradient)
                    Step(group.First(), gradient);
        }

        public void Dispose()
        {
            foreach (var (first, second, _) in _state.Values)
            {
                first.Dispose();
                second.Dispose();
            }
        }

        private void Step(TorchSharp.Modules.Parameter parameter, Tensor gradient)
        {
            using var scope = NewDisposeScope();
            if (!_state.TryGetValue(parameter.Handle, out var state))
                state = (
                    zeros_like(gradient).DetachFromDisposeScope(),
                    zeros_like(gradient).DetachFromDisposeScope(),
                    0
                );
            state.Steps++;
            _state[parameter.Handle] = state;
            var (first, second, steps) = state;
            if (options is Sgd sgd)
            {
                using Scalar minusRate = -sgd.LearningRate,
                    momentum = sgd.Momentum;
                first.mul_(momentum).add_(Decayed(parameter, gradient, sgd.WeightDecay));
                parameter.add_(first, alpha: minusRate);
                return;
            }
            var adam = (Adam)options;
            if (adam is AdamW)
            {
                using Scalar shrink = 1 - adam.LearningRate * adam.WeightDecay;
                parameter.mul_(shrink);
            }
            else
                gradient = Decayed(parameter, gradient, adam.WeightDecay);
            using Scalar beta1 = adam.Beta1,
                beta2 = adam.Beta2,
                rest1 = 1 - adam.Beta1,
                rest2 = 1 - adam.Beta2,
                epsilon = adam.Epsilon;
            using Scalar step = -adam.LearningRate / (1 - Math.Pow(adam.Beta1, steps)),
                root = Math.Sqrt(1 - Math.Pow(adam.Beta2, steps));
            first.mul_(beta1).add_(gradient, alpha: rest1);
            second.mul_(beta2).add_(gradient * gradient, alpha: rest2);
            parameter.add_(first / (second.sqrt() / root + epsilon), alpha: step);
        }

        private static Tensor Decayed(Tensor parameter, Tensor gradient, double weightDecay)
        {
            if (weightDecay == 0)
                return gradient;
            using Scalar decay = weightDecay;
            return gradient.add(parameter, alpha: decay);
        }
    }
}
