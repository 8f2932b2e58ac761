using ActorTrain.Settings;

namespace ActorTrain.Handshakes;

/// <summary>
/// Limits for connections before their handshake is complete, on the control port and on the lane: section
/// <c>actortrain.handshake</c>.
/// </summary>
/// <param name="Timeout">Time that a connection has for its handshake.</param>
/// <param name="AtOnce">Incomplete handshakes that one port may have at once.</param>
/// <param name="Bytes">Bytes that the first message to the control port may have.</param>
internal sealed record HandshakeOptions(TimeSpan Timeout, int AtOnce, int Bytes)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromHours(1);

    /// <exception cref="ActorTrainException">A value is invalid.</exception>
    public static HandshakeOptions From(SettingsReader settings) =>
        new(
            settings.Duration("actortrain.handshake.timeout", Least, Most),
            settings.Int("actortrain.handshake.at-once", 1, 65_536),
            (int)settings.Size("actortrain.handshake.bytes", 4096, 1 << 20)
        );
}
