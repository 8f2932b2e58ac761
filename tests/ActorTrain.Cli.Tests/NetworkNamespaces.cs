using System.Diagnostics;

namespace ActorTrain.Cli.Tests;

/// <summary>A test that creates networks, which needs Linux, root, and iproute2.</summary>
internal sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = NetworkNamespaces.Lack;
}

/// <summary>A theory that creates networks.</summary>
internal sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute() => Skip = NetworkNamespaces.Lack;
}

/// <summary>Two hosts with a link between them, as network namespaces of this machine.</summary>
internal sealed class NetworkNamespaces : IDisposable
{
    /// <summary>Why there can be none; null where there can.</summary>
    public static string? Lack { get; } =
        OperatingSystem.IsLinux()
        && Environment.IsPrivilegedProcess
        && (File.Exists("/sbin/ip") || File.Exists("/usr/sbin/ip") || File.Exists("/bin/ip"))
            ? null
            : "needs Linux, root, and iproute2";

    private readonly string _id = $"{Environment.ProcessId % 10_000}";

    public NetworkNamespaces()
    {
        foreach (var host in new[] { Here, There })
        {
            Ip($"netns add {host}");
            Ip($"-n {host} link set lo up");
        }
        Ip($"link add {Cable(Here)} netns {Here} type veth peer name {Cable(There)} netns {There}");
        foreach (var (host, address) in new[] { (Here, HereAddress), (There, ThereAddress) })
        {
            Ip($"-n {host} address add {address}/24 dev {Cable(host)}");
            Ip($"-n {host} link set {Cable(host)} up");
        }
    }

    /// <summary>Names and addresses of the two hosts. The addresses exist only in these networks.</summary>
    public string Here => $"at-{_id}-a";

    public string There => $"at-{_id}-b";

    public static string HereAddress => "10.213.7.1";

    public static string ThereAddress => "10.213.7.2";

    /// <summary>Cuts the link.</summary>
    public void Cut() => Ip($"-n {There} link set {Cable(There)} down");

    /// <summary>Restores the link.</summary>
    public void Heal() => Ip($"-n {There} link set {Cable(There)} up");

    /// <summary>Blocks connections to a port of the second host, as a firewall does.</summary>
    public void Block(int port) => Ip($"-n {Here} rule add to {ThereAddress} ipproto tcp dport {port} blackhole");

    /// <summary>Opens the port again.</summary>
    public void Unblock(int port) => Ip($"-n {Here} rule delete to {ThereAddress} ipproto tcp dport {port} blackhole");

    public void Dispose()
    {
        Ip($"netns delete {Here}");
        Ip($"netns delete {There}");
    }

    private static string Cable(string host) => host + "0";

    private static void Ip(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {arguments}: {error}");
    }
}
