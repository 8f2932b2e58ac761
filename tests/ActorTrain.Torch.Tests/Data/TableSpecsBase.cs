using System.IO.Compression;
using System.Text;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Writes tables into a folder of the test, and reads them as data sets or errors.</summary>
public abstract class TableSpecsBase : IDisposable
{
    private protected readonly TemporaryFolder _folder = new();

    /// <summary>A table with a letter beyond ASCII.</summary>
    private protected const string Flowers = "x,kind\n1,ros\u00e9\n2,tulpe\n";

    public void Dispose() => _folder.Dispose();

    /// <summary>The error for a table of classes, after the file's name.</summary>
    private protected string Refusal(string text) => Refusal(Encoding.UTF8.GetBytes(text));

    private protected string Refusal(byte[] content)
    {
        var file = Write("table.csv", content);
        var sentence = Sentence(() => CsvFile.ForClassification(file, file, "kind"));
        sentence.ShouldStartWith(file);
        return sentence[file.Length..];
    }

    private protected static string Sentence(Func<ArrayDataset> read) =>
        Should.Throw<ActorTrainException>(read).Message;

    private protected ArrayDataset Classes(string text) => Classes(Encoding.UTF8.GetBytes(text));

    private protected ArrayDataset Classes(byte[] content)
    {
        var file = Write("table.csv", content);
        return CsvFile.ForClassification(file, file, "kind");
    }

    private protected string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private protected string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_folder[name], content);
        return _folder[name];
    }

    private protected static string Rows(int count) => Table(count, row => $"kind {row % 3}");

    private protected static string Table(int rows, Func<int, string> kind) =>
        "x,kind\n" + string.Concat(Enumerable.Range(0, rows).Select(row => $"{row},{kind(row)}\n"));

    private protected static List<float[]> Train(ArrayDataset dataset) =>
        [.. Enumerable.Range(0, dataset.Description.TrainSamples).Select(i => Train(dataset, i))];

    private protected static float[] Train(ArrayDataset dataset, int index)
    {
        var (input, target) = (new float[dataset.InputShape[0]], new float[1]);
        dataset.ReadTrain(index, input, target);
        return [.. input, .. target];
    }

    private protected static List<float[]> Test(ArrayDataset dataset)
    {
        var samples = new List<float[]>();
        for (var i = 0; i < dataset.Description.TestSamples; i++)
        {
            var (input, target) = (new float[dataset.InputShape[0]], new float[1]);
            dataset.ReadTest(i, input, target);
            samples.Add([.. input, .. target]);
        }
        return samples;
    }

    private protected static byte[] Gzip(ReadOnlySpan<byte> content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(content);
        return compressed.ToArray();
    }
}
