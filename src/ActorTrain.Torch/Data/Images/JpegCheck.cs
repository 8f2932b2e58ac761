using System.Buffers.Binary;

namespace ActorTrain.Torch.Data.Images;

/// <summary>
/// Finds damage of a JPEG file that decoders ignore: they fill missing parts with grey. All segments, tables and scans
/// must be complete, and the end marker must follow them. It cannot find changed bits after which the data still has
/// the right number of codes: JPEG has no checksum.
/// </summary>
internal sealed class JpegCheck
{
    // A DC coefficient is 8 × 128 at most before quantization; twice that leaves room for rounding.
    private const int LargestDc = 2048;

    private readonly HuffmanTable?[] _dcTables = new HuffmanTable?[4],
        _acTables = new HuffmanTable?[4];
    private readonly int[] _quantization = [1, 1, 1, 1];
    private JpegComponent[] _components = [];
    private int _units,
        _restart,
        _precision;
    private bool _progressive;

    private JpegCheck() { }

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says how.</exception>
    public static void Verify(ReadOnlySpan<byte> file) => new JpegCheck().Read(file);

    private void Read(ReadOnlySpan<byte> file)
    {
        for (var position = 2; ; )
        {
            var marker = NextMarker(file, ref position);
            if (marker == 0xd9)
                break;
            var length = position + 2 <= file.Length ? BinaryPrimitives.ReadUInt16BigEndian(file[position..]) : 0;
            if (length < 2 || position + length > file.Length)
                throw Truncated();
            var segment = file.Slice(position + 2, length - 2);
            position += length;
            try
            {
                position = Segment(marker, segment, file, position);
            }
            catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException)
            {
                throw new InvalidDataException("it is damaged: the content of a segment is wrong", e);
            }
        }
        if (_components.Length == 0 || !_components.All(component => component.IsScanned))
            throw new InvalidDataException("it is damaged: it lacks a part of its image");
    }

    private static int NextMarker(ReadOnlySpan<byte> file, ref int position)
    {
        if (position >= file.Length)
            throw Truncated();
        if (file[position] != 0xff)
            throw new InvalidDataException("it is damaged: there are bytes in place of a marker");
        while (position < file.Length && file[position] == 0xff)
            position++;
        if (position >= file.Length)
            throw Truncated();
        var marker = file[position++];
        // Markers without content may occur only within scans.
        return marker is > 0x01 and (< 0xd0 or > 0xd8)
            ? marker
            : throw new InvalidDataException($"it is damaged: marker {marker:x2} is in a wrong place");
    }

    private static InvalidDataException Truncated() => new("it is truncated: its end marker is missing");

    private int Segment(int marker, ReadOnlySpan<byte> segment, ReadOnlySpan<byte> file, int position)
    {
        switch (marker)
        {
            case 0xc4:
                ReadCodes(segment);
                break;
            case 0xdb:
                ReadQuantization(segment);
                break;
            case 0xdd:
                _restart = BinaryPrimitives.ReadUInt16BigEndian(segment);
                break;
            case 0xc0 or 0xc1 or 0xc2:
                ReadFrame(segment, progressive: marker == 0xc2);
                break;
            case >= 0xc3 and <= 0xcf and not 0xc8 and not 0xcc:
                throw new InvalidDataException(
                    "it is a lossless, hierarchical or arithmetic JPEG, which is not supported"
                );
            case 0xda:
                return ScanOf(segment).Read(file, position);
        }
        return position;
    }

    private void ReadCodes(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > 0)
        {
            var counts = segment[1..17];
            var total = 0;
            foreach (var count in counts)
                total += count;
            var tables = segment[0] >> 4 == 0 ? _dcTables : _acTables;
            tables[segment[0] & 15] = new HuffmanTable(counts, segment.Slice(17, total));
            segment = segment[(17 + total)..];
        }
    }

    private void ReadQuantization(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > 0)
        {
            var wide = segment[0] >> 4 != 0;
            _quantization[segment[0] & 15] = wide ? BinaryPrimitives.ReadUInt16BigEndian(segment[1..]) : segment[1];
            segment = segment[(wide ? 129 : 65)..];
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> segment, bool progressive)
    {
        if (_components.Length > 0)
            throw new InvalidDataException("it is damaged: it has a second frame");
        (_progressive, _precision) = (progressive, segment[0]);
        var height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        var width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        _components = new JpegComponent[segment[5]];
        for (var i = 0; i < _components.Length; i++)
        {
            var one = segment.Slice(6 + 3 * i, 3);
            _components[i] = new JpegComponent(one[0], one[1] >> 4, one[1] & 15, one[2] & 3);
        }
        if (width == 0 || height == 0 || _components.Length is 0 or > 4 || !_components.All(one => one.IsPossible))
            throw new InvalidDataException("it is damaged: its frame has no size");
        var across = _components.Max(component => component.Across);
        var down = _components.Max(component => component.Down);
        _units = Parts(width, 8 * across) * Parts(height, 8 * down);
        foreach (var component in _components)
        {
            component.Blocks =
                Parts(Parts(width * component.Across, across), 8) * Parts(Parts(height * component.Down, down), 8);
            if (progressive)
                component.NonZero = new ulong[component.Blocks];
        }
    }

    private static int Parts(int whole, int part) => (whole + part - 1) / part;

    private JpegScan ScanOf(ReadOnlySpan<byte> segment)
    {
        var components = new JpegComponent[segment[0]];
        for (var i = 0; i < components.Length; i++)
        {
            var (id, tables) = (segment[1 + 2 * i], segment[2 + 2 * i]);
            var component = _components.FirstOrDefault(one => one.Id == id) ?? throw Wrong();
            component.Codes = (_dcTables[tables >> 4], _acTables[tables & 15]);
            component.IsScanned = true;
            components[i] = component;
        }
        var rest = segment[(1 + 2 * components.Length)..];
        var band = _progressive ? (First: (int)rest[0], Last: (int)rest[1]) : (First: 0, Last: 63);
        var (high, low) = _progressive ? (rest[2] >> 4, rest[2] & 15) : (0, 0);
        if (components.Length == 0 || band.First > band.Last || band.Last > 63)
            throw Wrong();
        if (high > 0 && high != low + 1)
            throw Wrong();
        if (_progressive && (band.First == 0 ? band.Last > 0 : components.Length > 1))
            throw Wrong();
        var largest = LargestDc << Math.Max(0, _precision - 8);
        return new JpegScan(
            components,
            components.Length > 1 ? _units : components[0].Blocks,
            _restart,
            band,
            high > 0,
            _progressive,
            [.. components.Select(component => largest / Math.Max(1, _quantization[component.Quantization]) >> low)]
        );

        static InvalidDataException Wrong() => new("it is damaged: a scan's header is wrong");
    }
}
