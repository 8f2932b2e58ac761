using ActorTrain.Settings;

namespace ActorTrain.Handshakes;

/// <summary>
/// What connections may take before their peers have said who they are, on the control port and on the lane: section
/// <c>actortrain.handshake</c>.
/// </summary>
/// <param name="Timeout">Time that a connection has for it.</param>
/// <param name="AtOnce">Connections of one port that may be at it at once.</param>
/// <param name="Bytes">Bytes that the first message to the control port may have.</param>
internal sealed record HandshakeOptions(TimeSpan Timeout, int AtOnce, int Bytes)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromHours(1);

    /// <exception cref="ActorTrainException">A value cannot be.</exception>
    public static HandshakeOptions Of(SettingsReader settings) =>
        new(
            settings.Duration("actortrain.handshake.timeout", Least, Most),
            settings.Int("actortrain.handshake.at-once", 1, 65_536),
            (int)settings.Size("actortrain.handshake.bytes", 4096, 1 << 20)
        );
}
