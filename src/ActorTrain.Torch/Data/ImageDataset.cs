using System.Security.Cryptography;
using ActorTrain.Worker;

namespace ActorTrain.Torch.Data;

/// <summary>Images to train on and images to test on. Immutable, so several engines share one.</summary>
public sealed class ImageDataset
{
    /// <summary>Puts a data set together.</summary>
    /// <param name="name">Its name in a job.</param>
    /// <param name="origin">Where it was read from, for a log: a folder, or the words for the built-in subset.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="test">Images to test on.</param>
    /// <param name="classes">Number of classes; every label is below it.</param>
    /// <param name="normalization">How bytes become numbers.</param>
    public ImageDataset(string name, string origin, ImageSet train, ImageSet test, int classes, Normalization normalization)
    {
        (Origin, Train, Test, Classes, Normalization) = (origin, train, test, classes, normalization);
        Description = new DatasetDescription(name, train.Count, test.Count, FingerprintOf(train, test));
    }

    /// <summary>Name, sizes and fingerprint: what workers of a job compare.</summary>
    public DatasetDescription Description { get; }

    /// <summary>Where it was read from.</summary>
    public string Origin { get; }

    /// <summary>Images to train on.</summary>
    public ImageSet Train { get; }

    /// <summary>Images to test on.</summary>
    public ImageSet Test { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>How bytes become numbers.</summary>
    public Normalization Normalization { get; }

    private static string FingerprintOf(params ReadOnlySpan<ImageSet> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in sets)
        {
            hash.AppendData(set.Images.Span);
            hash.AppendData(set.Labels.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
