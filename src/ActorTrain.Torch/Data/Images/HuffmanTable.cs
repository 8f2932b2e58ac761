namespace ActorTrain.Torch.Data.Images;

/// <summary>A Huffman code of a JPEG file.</summary>
internal sealed class HuffmanTable
{
    /// <summary>Codes up to this length are found by one look-up.</summary>
    public const int ShortBits = 9;

    private const int LongestCode = 16;
    private readonly byte[] _symbols;
    private readonly int[] _end = new int[LongestCode + 1],
        _offset = new int[LongestCode + 1];

    /// <summary>Builds a code.</summary>
    /// <param name="counts">Number of codes of each length, from 1.</param>
    /// <param name="symbols">Their symbols, the shortest code first.</param>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        var (code, next) = (0, 0);
        for (var length = 1; length <= LongestCode; length++)
        {
            _offset[length] = next - code;
            for (var i = 0; i < counts[length - 1]; i++, code++, next++)
            {
                if (length > ShortBits)
                    continue;
                var room = 1 << (ShortBits - length);
                if ((code + 1) * room > Short.Length)
                    throw Wrong();
                Short.AsSpan(code * room, room).Fill((ushort)(length << 8 | _symbols[next]));
            }
            if (code > 1 << length)
                throw Wrong();
            _end[length] = code;
            code <<= 1;
        }
    }

    /// <summary>For each value of the next bits: length of the code × 256 + symbol; 0 for longer codes.</summary>
    public ushort[] Short { get; } = new ushort[1 << ShortBits];

    /// <summary>Finds the symbol of a longer code, and the code's length.</summary>
    /// <param name="bits">The next 16 bits.</param>
    public (int Symbol, int Length) Find(int bits)
    {
        for (var length = ShortBits + 1; length <= LongestCode; length++)
        {
            var code = bits >> (LongestCode - length);
            if (code < _end[length] && code + _offset[length] >= 0)
                return (_symbols[code + _offset[length]], length);
        }
        throw new InvalidDataException("it is damaged: its data has a code that stands for nothing");
    }

    private static InvalidDataException Wrong() => new("it is damaged: a table of codes is wrong");
}
