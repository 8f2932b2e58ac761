namespace ActorTrain.Torch.Data.Tables;

/// <summary>Streams read one after the other as one, for reading only.</summary>
internal sealed class StreamSequence(params Stream[] parts) : ForwardStream
{
    private int _at;

    public override int Read(Span<byte> buffer)
    {
        while (_at < parts.Length)
        {
            var read = parts[_at].Read(buffer);
            if (read > 0 || buffer.IsEmpty)
                return read;
            _at++;
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var part in parts)
                part.Dispose();
        base.Dispose(disposing);
    }
}
