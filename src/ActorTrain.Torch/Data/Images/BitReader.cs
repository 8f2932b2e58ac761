using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ActorTrain.Torch.Data.Images;

/// <summary>Reads the bits of a JPEG scan, most significant first, up to the next marker.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> file, int position)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private ulong _bits;
    private int _count;

    /// <summary>Position of the next unread byte.</summary>
    public int Position { get; private set; } = position;

    /// <summary>The next symbol of a Huffman code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Symbol(HuffmanTable table)
    {
        if (_count < 32)
            Fill();
        var entry = table.Short[(int)(_bits >> (64 - HuffmanTable.ShortBits))];
        if (entry == 0)
            return LongSymbol(table);
        Drop(entry >> 8);
        return entry & 0xff;
    }

    /// <summary>Skips bits: 16 at most after a <see cref="Symbol"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Drop(int bits)
    {
        if (bits > _count)
            throw TooFew();
        _bits <<= bits;
        _count -= bits;
    }

    /// <summary>The next symbol of a Huffman code; skips as many bits as its lower half says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SkipSymbol(HuffmanTable table)
    {
        if (_count < 32)
            Fill();
        var entry = table.Short[(int)(_bits >> (64 - HuffmanTable.ShortBits))];
        if (entry != 0)
        {
            Drop((entry >> 8) + (entry & 15));
            return entry & 0xff;
        }
        var symbol = LongSymbol(table);
        Drop(symbol & 15);
        return symbol;
    }

    /// <summary>A number of so many bits, 16 at most.</summary>
    public int Number(int bits)
    {
        if (bits == 0)
            return 0;
        if (_count < 32)
            Fill();
        var number = (int)(_bits >> (64 - bits));
        Drop(bits);
        return number;
    }

    /// <summary>A difference whose size in bits was read before: the upper half of the numbers is positive.</summary>
    public int Difference(int bits)
    {
        var number = Number(bits);
        return bits == 0 || number >> (bits - 1) != 0 ? number : number - (1 << bits) + 1;
    }

    /// <summary>Ends a section of data: the rest of its last byte is padding, and a marker must follow.</summary>
    public void End()
    {
        Fill();
        if (_count >= 8)
            throw new InvalidDataException("it is damaged: more data follows a scan's last block");
        (_bits, _count) = (0, 0);
    }

    /// <summary>Skips the restart marker between two sections of a scan.</summary>
    public void Restart(int number)
    {
        End();
        while (Position + 1 < _file.Length && _file[Position] == 0xff && _file[Position + 1] == 0xff)
            Position++;
        if (Position + 1 >= _file.Length)
            throw TooFew();
        if (_file[Position] != 0xff || _file[Position + 1] != 0xd0 + number)
            throw new InvalidDataException("it is damaged: a restart marker is missing");
        Position += 2;
    }

    private readonly InvalidDataException TooFew() =>
        new(
            Position + 1 >= _file.Length
                ? "it is truncated: it ends within a scan"
                : "it is damaged: a scan's data ends before its last block"
        );

    private int LongSymbol(HuffmanTable table)
    {
        var (symbol, length) = table.Find((int)(_bits >> 48));
        Drop(length);
        return symbol;
    }

    private void Fill()
    {
        if (Position + 8 <= _file.Length)
        {
            var next = BinaryPrimitives.ReadUInt64BigEndian(_file[Position..]);
            // No byte of the eight is 0xff: none is stuffed, and none begins a marker.
            if (((~next - 0x0101010101010101) & next & 0x8080808080808080) == 0)
            {
                var bytes = (63 - _count) >> 3;
                // Bits beyond the count are those of the byte that is read next: or-ing them again changes nothing.
                _bits |= next >> _count;
                _count += 8 * bytes;
                Position += bytes;
                return;
            }
        }
        FillByByte();
    }

    private void FillByByte()
    {
        while (_count <= 56 && Position < _file.Length)
        {
            var next = _file[Position];
            if (next == 0xff)
            {
                if (Position + 1 >= _file.Length || _file[Position + 1] != 0)
                    return;
                Position++;
            }
            Position++;
            _bits |= (ulong)next << (56 - _count);
            _count += 8;
        }
    }
}
