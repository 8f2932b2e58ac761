using System.Text;
using ActorTrain.Sentences;

namespace ActorTrain.Lane.Connections;

/// <summary>Rebuilds messages from their headers; reuses one reader.</summary>
internal sealed class HeaderReader
{
    private readonly TensorMessageTable _messages;
    private readonly MemoryStream _stream = new();
    private readonly BinaryReader _reader;

    /// <param name="messages">The messages that may arrive.</param>
    public HeaderReader(TensorMessageTable messages) =>
        (_messages, _reader) = (messages, new BinaryReader(_stream, Encoding.UTF8));

    /// <exception cref="LaneViolationException">The kind is unknown, or the header cannot be read.</exception>
    public ITensorMessage Read(byte kind, ReadOnlySpan<byte> header, TensorSlice payload)
    {
        _stream.Position = 0;
        _stream.Write(header);
        _stream.SetLength(header.Length);
        _stream.Position = 0;
        try
        {
            if (_messages.TryRead(kind, _reader, payload, out var message))
                return message!;
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            throw new LaneViolationException(
                $"a message of kind {kind} has a header that cannot be read: {failure.AsClause()}"
            );
        }
        throw new LaneViolationException($"a message of the unknown kind {kind} came");
    }
}
