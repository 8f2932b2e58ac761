using DotNetty.Buffers;

namespace ActorTrain.Handshakes;

/// <summary>
/// The message that an Akka connection begins with. Akka closes a connection that begins with another, too, but with a
/// stack trace in the log for each.
/// </summary>
internal static class AssociatePdu
{
    // In protobuf's words: field 2, a message; in it field 1, a number, and the number of the command ASSOCIATE.
    private const byte Instruction = 0x12,
        Command = 0x08,
        Associate = 0x01;
    private const byte LengthGoesOn = 0x80;
    private const int LongestLength = 5;

    public static bool IsBeginningOf(IByteBuffer message)
    {
        var (place, end) = (message.ReaderIndex, message.ReaderIndex + message.ReadableBytes);
        if (place == end || message.GetByte(place++) != Instruction)
            return false;
        for (var length = 0; length < LongestLength && place < end; length++)
            if ((message.GetByte(place++) & LengthGoesOn) == 0)
                return end - place >= 2 && message.GetByte(place) == Command && message.GetByte(place + 1) == Associate;
        return false;
    }
}
