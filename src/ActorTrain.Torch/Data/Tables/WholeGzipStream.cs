using System.IO.Compression;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>Reads a gzip file, and fails at its end when it is truncated.</summary>
/// <remarks>
/// <see cref="GZipStream"/> reports no error for a truncated file. But it reads consecutive gzip files as one: so a
/// compressed marker is appended here, and content that does not end with the marker was truncated.
/// </remarks>
internal sealed class WholeGzipStream : ForwardStream
{
    private static readonly byte[] Marker = [.. "ActorTrain"u8, 0x9d, 0x07, 0xe4, 0x5b, 0xc2, 0x31];
    private static readonly byte[] CompressedMarker = Compress(Marker);

    private readonly GZipStream _plain;
    private readonly byte[] _block = new byte[1 << 16];
    private int _start,
        _end;
    private bool _ended;

    public WholeGzipStream(Stream compressed) =>
        _plain = new GZipStream(
            new StreamSequence(compressed, new MemoryStream(CompressedMarker)),
            CompressionMode.Decompress
        );

    /// <exception cref="InvalidDataException">The file is damaged, or it ends before its content does.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _end - _start <= Marker.Length)
            Refill();
        var length = Math.Min(buffer.Length, _end - _start - Marker.Length);
        _block.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _plain.Dispose();
        base.Dispose(disposing);
    }

    private void Refill()
    {
        _block.AsSpan(_start, _end - _start).CopyTo(_block);
        (_start, _end) = (0, _end - _start);
        var read = _plain.Read(_block.AsSpan(_end));
        _end += read;
        _ended = read == 0;
        if (_ended && !_block.AsSpan(0, _end).SequenceEqual(Marker))
            throw new InvalidDataException("it is cut off, or something else follows it");
    }

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionMode.Compress))
            gzip.Write(content);
        return compressed.ToArray();
    }
}
