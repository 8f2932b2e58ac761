using DotNetty.Buffers;

namespace ActorTrain.Handshakes;

/// <summary>
/// The first message of an Akka connection. Akka itself closes a connection that begins with another, but logs a stack
/// trace for each.
/// </summary>
internal static class AssociatePdu
{
    // In protobuf: field 2, a message; in it field 1, a number, the command ASSOCIATE.
    private const byte Instruction = 0x12,
        Command = 0x08,
        Associate = 0x01;
    private const byte LengthContinues = 0x80;
    private const int LongestLength = 5;

    public static bool IsBeginningOf(IByteBuffer message)
    {
        var (place, end) = (message.ReaderIndex, message.ReaderIndex + message.ReadableBytes);
        if (place == end || message.GetByte(place++) != Instruction)
            return false;
        for (var length = 0; length < LongestLength && place < end; length++)
            if ((message.GetByte(place++) & LengthContinues) == 0)
                return end - place >= 2 && message.GetByte(place) == Command && message.GetByte(place + 1) == Associate;
        return false;
    }
}
