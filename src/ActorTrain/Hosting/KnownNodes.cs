using System.Globalization;
using System.Text;
using ActorTrain.Files;
using ActorTrain.Supervision;

namespace ActorTrain.Hosting;

/// <summary>
/// The addresses of a cluster's nodes, on disk by the address of its seed. A node that is started again finds the
/// cluster by any of them while the seed is gone, and a seed that is started again joins the cluster that lives on.
/// </summary>
internal sealed class KnownNodes
{
    // Nodes with ports of the system's choice come back with others.
    private const int Most = 64;
    private readonly string _file;

    /// <param name="folder">The state folder.</param>
    /// <param name="seed">The seed of the cluster.</param>
    public KnownNodes(string folder, HostPort seed)
    {
        Seed = seed;
        JobsFolder = Path.Combine(
            folder,
            "clusters",
            string.Create(CultureInfo.InvariantCulture, $"{seed.Host.Replace(':', '_')}-{seed.Port}")
        );
        _file = JobsFolder + ".txt";
    }

    /// <summary>Where the cluster's jobs are kept that have not ended.</summary>
    public string JobsFolder { get; }

    /// <summary>The seed of the cluster.</summary>
    public HostPort Seed { get; }

    /// <summary>The addresses, those that were members last first. None where the file is missing; lines that are no
    /// addresses are left out.</summary>
    /// <exception cref="ActorTrainException">The file cannot be read.</exception>
    public IReadOnlyList<HostPort> Read()
    {
        try
        {
            return File.Exists(_file) ? [.. File.ReadLines(_file).Select(Parse).OfType<HostPort>()] : [];
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException(
                $"The cluster's addresses cannot be read from {_file}: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
    }

    /// <summary>Those of the addresses where a process listens now.</summary>
    /// <exception cref="ActorTrainException">The file cannot be read.</exception>
    public async Task<IReadOnlyList<HostPort>> FindListeningAsync()
    {
        var probes = await Task.WhenAll(
                Read()
                    .Select(async address =>
                        (address, probe: await PortProbe.ConnectAsync(address.Host, address.Port).ConfigureAwait(false))
                    )
            )
            .ConfigureAwait(false);
        return [.. probes.Where(each => each.probe.Answer == PortAnswer.Listens).Select(each => each.address)];
    }

    /// <summary>Writes the addresses of the present members; former ones are kept behind them, since they may live on
    /// beyond a cut.</summary>
    /// <param name="members">The other members' addresses.</param>
    /// <exception cref="ActorTrainException">The file cannot be read or written.</exception>
    public void Remember(IEnumerable<HostPort> members)
    {
        var before = Read();
        var now = members.Concat(before).Distinct().Take(Most).ToList();
        if (now.SequenceEqual(before))
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            var text = string.Concat(now.Select(address => $"{address}\n"));
            WholeFile.Write(_file, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException(
                $"The cluster's addresses cannot be written to {_file}: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
    }

    private static HostPort? Parse(string line)
    {
        try
        {
            return HostPort.Parse(line.Trim());
        }
        catch (ActorTrainException)
        {
            return null;
        }
    }
}
