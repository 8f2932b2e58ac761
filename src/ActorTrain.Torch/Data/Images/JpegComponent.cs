namespace ActorTrain.Torch.Data.Images;

/// <summary>A component of a JPEG image: brightness or a colour.</summary>
internal sealed class JpegComponent(int id, int across, int down, int quantization)
{
    /// <summary>Its number in the file.</summary>
    public int Id { get; } = id;

    /// <summary>Its blocks across a unit of several components.</summary>
    public int Across { get; } = across;

    /// <summary>Its blocks down a unit of several components.</summary>
    public int Down { get; } = down;

    /// <summary>Number of its quantization table.</summary>
    public int Quantization { get; } = quantization;

    /// <summary>Whether its numbers of blocks are valid.</summary>
    public bool IsPossible => Across is >= 1 and <= 4 && Down is >= 1 and <= 4;

    /// <summary>Its blocks in a scan of its own.</summary>
    public int Blocks { get; set; }

    /// <summary>The DC coefficient of the previous block: the next block has the difference from it.</summary>
    public int Dc { get; set; }

    /// <summary>Whether a scan contained it.</summary>
    public bool IsScanned { get; set; }

    /// <summary>For each block the bits of its 64 coefficients that are not zero so far, in progressive
    /// files.</summary>
    public ulong[] NonZero { get; set; } = [];

    /// <summary>Codes of the DC and the AC coefficients, for the scan that is read.</summary>
    public (HuffmanTable? Dc, HuffmanTable? Ac) Codes { get; set; }
}
