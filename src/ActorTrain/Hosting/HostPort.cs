using System.Globalization;
using System.Net;

namespace ActorTrain.Hosting;

/// <summary>A node's address as a user writes it: <c>host:port</c>.</summary>
/// <param name="Host">Host name or IP address.</param>
/// <param name="Port">TCP port, 0 to 65535; 0 lets the system choose one.</param>
public sealed record HostPort(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>.</summary>
    /// <exception cref="ActorTrainException">The text is not of that form.</exception>
    public static HostPort Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (
            colon > 0
            && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= IPEndPoint.MaxPort
            && Uri.CheckHostName(text[..colon].Trim('[', ']')) != UriHostNameType.Unknown
        )
            return new HostPort(text[..colon].Trim('[', ']'), port);
        throw new ActorTrainException($"'{text}' is not an address; write HOST:PORT, such as 127.0.0.1:4053.");
    }

    /// <summary><c>host:port</c>.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
