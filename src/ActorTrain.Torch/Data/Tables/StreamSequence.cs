namespace ActorTrain.Torch.Data.Tables;

/// <summary>Streams read one after the other as one, for reading only.</summary>
internal sealed class StreamSequence(params Stream[] parts) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_at < parts.Length)
        {
            var read = parts[_at].Read(buffer);
            if (read > 0 || buffer.IsEmpty) return read;
            _at++;
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var part in parts) part.Dispose();
        base.Dispose(disposing);
    }
}
