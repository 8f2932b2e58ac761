using System.Text;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>Opens a table's file as text: plain or gzip, in UTF-8 or as its byte order mark says.</summary>
internal static class TableText
{
    private const int HeadLength = 4096;

    /// <exception cref="ActorTrainException">It is not text; the message says what it is.</exception>
    public static StreamReader Open(string file)
    {
        if (Directory.Exists(file))
            throw new ActorTrainException($"{file}: it is a folder; a table is a file.");
        var (head, content) = Peek(File.OpenRead(file));
        if (ContentKind.IsGzip(head))
            (head, content) = Peek(new WholeGzipStream(content));
        if (ContentKind.Find(head) is not { } kind)
            return new StreamReader(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
        content.Dispose();
        throw new ActorTrainException(
            $"{file}: it is {kind}; a table must be comma-separated text, in UTF-8 or with a byte order mark."
        );
    }

    // The file may be a pipe, which cannot seek: its first bytes are read again from memory.
    private static (byte[] Head, Stream Content) Peek(Stream stream)
    {
        var head = new byte[HeadLength];
        try
        {
            head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        return (head, new StreamSequence(new MemoryStream(head), stream));
    }
}
