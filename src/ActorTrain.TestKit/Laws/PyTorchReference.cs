using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorTrain.TestKit.Laws;

/// <summary>A small network trained by PyTorch: the output of <c>reference.py</c>.</summary>
/// <param name="Torch">Version of PyTorch.</param>
/// <param name="Inputs">Features of a sample.</param>
/// <param name="Hidden">Size of the hidden layer.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Steps">Steps, each with all samples.</param>
/// <param name="Samples">All samples, concatenated.</param>
/// <param name="Targets">The class of each sample.</param>
/// <param name="Start">Initial weights: each layer's matrix by rows, and its bias.</param>
/// <param name="Sgd">Trained by SGD with learning rate 0.1 and momentum 0.9.</param>
/// <param name="Adam">Trained by Adam with learning rate 0.01.</param>
internal sealed record PyTorchReference(
    string Torch,
    int Inputs,
    int Hidden,
    int Classes,
    int Steps,
    float[] Samples,
    int[] Targets,
    float[] Start,
    PyTorchReference.Pair Sgd,
    PyTorchReference.Pair Adam
)
{
    /// <summary>The same steps in two precisions.</summary>
    internal sealed record Pair(Run Float32, Run Float64);

    /// <summary>The result of the steps.</summary>
    /// <param name="Weights">Weights at the end.</param>
    /// <param name="FirstLoss">Loss at the first step.</param>
    /// <param name="LastLoss">Loss at the last step, before its update.</param>
    internal sealed record Run(double[] Weights, double FirstLoss, double LastLoss);

    /// <summary>Reads the reference embedded in this assembly.</summary>
    public static PyTorchReference Read()
    {
        using var text = typeof(PyTorchReference).Assembly.GetManifestResourceStream(
            "ActorTrain.TestKit.reference.json"
        )!;
        return JsonSerializer.Deserialize(text, PyTorchReferenceContext.Default.PyTorchReference)!;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(PyTorchReference))]
internal sealed partial class PyTorchReferenceContext : JsonSerializerContext;
