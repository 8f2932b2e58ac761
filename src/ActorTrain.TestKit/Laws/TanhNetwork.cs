using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// A network of two layers with tanh and cross entropy in plain C#. Its gradients depend on their samples, and are
/// computed in double precision.
/// </summary>
/// <param name="reference">Its sizes, samples and initial weights.</param>
internal sealed class TanhNetwork(PyTorchReference reference) : IEngineFactory
{
    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job) => new Engine(reference);

    private sealed class Engine(PyTorchReference reference) : IGradientEngine
    {
        private readonly float[] _parameters = new float[reference.Start.Length];
        private readonly double[] _hidden = new double[reference.Hidden];
        private readonly double[] _backward = new double[reference.Hidden];
        private readonly double[] _scores = new double[reference.Classes];
        private readonly double[] _sum = new double[reference.Start.Length];

        public ModelDescription Model { get; } =
            new(
                "tanh",
                ParameterLayout.Create([
                    ("w1", [reference.Hidden, reference.Inputs]),
                    ("b1", [reference.Hidden]),
                    ("w2", [reference.Classes, reference.Hidden]),
                    ("b2", [reference.Classes]),
                ]),
                ParameterLayout.Empty
            );

        public DatasetDescription Dataset { get; } =
            new("waves", reference.Targets.Length, reference.Targets.Length, "00");

        public DeviceDescription Device { get; } = new("cpu", "analytic", 1, 0);

        public Memory<float> Parameters => _parameters;

        public Memory<float> Buffers => Memory<float>.Empty;

        public void Initialize(long seed) => reference.Start.CopyTo(_parameters, 0);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
        {
            Array.Clear(_sum);
            var loss = 0.0;
            foreach (var sample in samples)
            {
                loss += Forward(sample);
                Backward(sample);
            }
            for (var i = 0; i < gradient.Length; i++)
                gradient[i] = (float)(_sum[i] / samples.Length);
            return new StepResult(loss / samples.Length, 0);
        }

        public Evaluation Evaluate(CancellationToken cancellation) =>
            new(Enumerable.Range(0, reference.Targets.Length).Average(Forward), 0, reference.Targets.Length);

        public void Dispose() { }

        private int Biases1 => reference.Hidden * reference.Inputs;

        private int Weights2 => Biases1 + reference.Hidden;

        private int Biases2 => Weights2 + reference.Classes * reference.Hidden;

        /// <summary>A sample's loss; its scores become probabilities.</summary>
        private double Forward(int sample)
        {
            for (var h = 0; h < _hidden.Length; h++)
            {
                double sum = _parameters[Biases1 + h];
                for (var i = 0; i < reference.Inputs; i++)
                    sum +=
                        (double)_parameters[h * reference.Inputs + i]
                        * reference.Samples[sample * reference.Inputs + i];
                _hidden[h] = Math.Tanh(sum);
            }
            for (var c = 0; c < _scores.Length; c++)
            {
                _scores[c] = _parameters[Biases2 + c];
                for (var h = 0; h < _hidden.Length; h++)
                    _scores[c] += _parameters[Weights2 + c * _hidden.Length + h] * _hidden[h];
            }
            var (own, most) = (_scores[reference.Targets[sample]], _scores.Max());
            var logarithm = most + Math.Log(_scores.Sum(score => Math.Exp(score - most)));
            for (var c = 0; c < _scores.Length; c++)
                _scores[c] = Math.Exp(_scores[c] - logarithm);
            return logarithm - own;
        }

        private void Backward(int sample)
        {
            Array.Clear(_backward);
            for (var c = 0; c < _scores.Length; c++)
            {
                var error = _scores[c] - (reference.Targets[sample] == c ? 1 : 0);
                _sum[Biases2 + c] += error;
                for (var h = 0; h < _hidden.Length; h++)
                {
                    _sum[Weights2 + c * _hidden.Length + h] += error * _hidden[h];
                    _backward[h] += error * _parameters[Weights2 + c * _hidden.Length + h];
                }
            }
            for (var h = 0; h < _hidden.Length; h++)
            {
                var error = _backward[h] * (1 - _hidden[h] * _hidden[h]);
                _sum[Biases1 + h] += error;
                for (var i = 0; i < reference.Inputs; i++)
                    _sum[h * reference.Inputs + i] += error * reference.Samples[sample * reference.Inputs + i];
            }
        }
    }
}
