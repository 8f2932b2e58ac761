using System.Security.Cryptography;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

public sealed class BuiltInSubsetSpecs
{
    private const string Installed = "/usr/share/datasets/fashion-mnist";

    private static readonly ImageDataset Subset = FashionMnist.Load(DataSource.BuiltIn);

    [Fact]
    public void Has_the_same_number_of_images_of_each_class()
    {
        ByClass(Subset.Train).ShouldBe(Enumerable.Repeat(1200, 10));
        ByClass(Subset.Test).ShouldBe(Enumerable.Repeat(200, 10));
    }

    [Fact]
    public void Has_the_digests_of_its_provenance_file()
    {
        Digest(DataFolder.Header(0x803, 12_000, 28, 28), Subset.Train.Images)
            .ShouldBe("ded9297f1d7b567047797bb831eb9cfd84010a483a4075cb9fc0465219002cb7");
        Digest(DataFolder.Header(0x801, 12_000), Subset.Train.LabelBytes(10))
            .ShouldBe("11a34fec6f816dbe22c806d6de7e130fa048759622a0e6f6da8feb272e09ee1d");
        Digest(DataFolder.Header(0x803, 2_000, 28, 28), Subset.Test.Images)
            .ShouldBe("15a92dd1e9b16ea361928086e77df4dfa890c255c00b5a8c8162c1040ce8eef1");
        Digest(DataFolder.Header(0x801, 2_000), Subset.Test.LabelBytes(10))
            .ShouldBe("234596aeb6eb48133ec99a62541f90bc0728c9559a681f1e0638037462458f2c");
    }

    [Fact]
    public void Has_the_same_fingerprint_as_in_earlier_versions() =>
        Subset.Description.Fingerprint.ShouldBe("0065ed5f9f2d2f51");

    [Fact]
    public void Has_the_first_images_of_each_class_of_the_full_set()
    {
        if (!Directory.Exists(Installed))
            return;
        var full = FashionMnist.Load(DataSource.Full, Installed);

        Chosen(full.Train, 1200).ShouldBe(Digest(Subset.Train.Images, Subset.Train.LabelBytes(10)));
        Chosen(full.Test, 200).ShouldBe(Digest(Subset.Test.Images, Subset.Test.LabelBytes(10)));
    }

    [Fact]
    public void Has_its_licence_in_the_assembly()
    {
        using var licence = new StreamReader(
            typeof(FashionMnist).Assembly.GetManifestResourceStream("ActorTrain.Torch.BuiltIn.LICENSE")!
        );

        licence.ReadToEnd().ShouldContain("2017 Zalando SE");
    }

    private static IEnumerable<int> ByClass(ImageSet set) =>
        set.Labels.ToArray().CountBy(label => label).OrderBy(pair => pair.Key).Select(pair => pair.Value);

    private static string Chosen(ImageSet full, int each)
    {
        var (images, labels, seen) = (new List<byte[]>(), new List<byte>(), new int[10]);
        for (var i = 0; i < full.Count; i++)
        {
            var label = full.Labels.Span[i];
            if (seen[label]++ >= each)
                continue;
            images.Add(full.Image(i).ToArray());
            labels.Add((byte)label);
        }
        return Digest(images.SelectMany(image => image).ToArray(), labels.ToArray());
    }

    private static string Digest(params ReadOnlyMemory<byte>[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            hash.AppendData(part.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
