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

    /// <summary>Which quantization table it has.</summary>
    public int Quantization { get; } = quantization;

    /// <summary>Whether a unit may have so many of its blocks.</summary>
    public bool IsPossible => Across is >= 1 and <= 4 && Down is >= 1 and <= 4;

    /// <summary>Its blocks in a scan of its own.</summary>
    public int Blocks { get; set; }

    /// <summary>The mean of the block before, which the next is told by.</summary>
    public int Mean { get; set; }

    /// <summary>Whether a scan had it.</summary>
    public bool IsScanned { get; set; }

    /// <summary>For each block which of its 64 coefficients are not zero so far. Only progressive files ask.</summary>
    public ulong[] NonZero { get; set; } = [];

    /// <summary>Codes of means and of the other coefficients, for the scan that is read.</summary>
    public (HuffmanTable? Means, HuffmanTable? Others) Codes { get; set; }
}
