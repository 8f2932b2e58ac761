namespace ActorTrain.Torch.Data.Images;

/// <summary>
/// One scan of a JPEG file: reads its codes as a decoder does (ITU-T T.81, annexes F and G), without computing pixels.
/// Missing, added or replaced data leads to invalid codes, for which a decoder fills in grey and reports nothing.
/// </summary>
/// <param name="components">Its components.</param>
/// <param name="units">Number of its units.</param>
/// <param name="restart">Units between two restart markers; 0 for none.</param>
/// <param name="band">Its first and last coefficient.</param>
/// <param name="refines">Whether it adds a bit to the coefficients of earlier scans.</param>
/// <param name="progressive">Whether the file is progressive.</param>
/// <param name="largestDc">For each component the largest possible DC coefficient.</param>
internal sealed class JpegScan(
    JpegComponent[] components,
    int units,
    int restart,
    (int First, int Last) band,
    bool refines,
    bool progressive,
    int[] largestDc
)
{
    private const int LongestDc = 15;

    // Following blocks that have no coefficients in this band.
    private int _emptyBlocks;

    /// <summary>Reads it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="position">Where its data begins.</param>
    /// <returns>Where the marker after its data is.</returns>
    public int Read(ReadOnlySpan<byte> file, int position)
    {
        var reader = new BitReader(file, position);
        foreach (var component in components)
            component.Dc = 0;
        for (var unit = 0; unit < units; unit++)
        {
            if (restart > 0 && unit > 0 && unit % restart == 0)
            {
                CheckNoBlockRemains();
                reader.Restart((unit / restart - 1) % 8);
                foreach (var component in components)
                    component.Dc = 0;
            }
            if (components.Length == 1)
                ReadBlock(ref reader, 0, unit);
            else
                ReadUnit(ref reader);
        }
        CheckNoBlockRemains();
        reader.End();
        return reader.Position;
    }

    private void CheckNoBlockRemains()
    {
        if (_emptyBlocks > 0)
            throw new InvalidDataException("it is damaged: a scan has more blocks than the image");
    }

    private void ReadUnit(ref BitReader reader)
    {
        for (var i = 0; i < components.Length; i++)
        for (var block = components[i].Across * components[i].Down; block > 0; block--)
            ReadBlock(ref reader, i, 0);
    }

    private void ReadBlock(ref BitReader reader, int component, int block)
    {
        if (band.First > 0)
        {
            ref var nonZero = ref components[component].NonZero[block];
            if (refines)
                RefineAc(ref reader, Ac(component), ref nonZero);
            else
                ReadAc(ref reader, Ac(component), ref nonZero);
        }
        else if (refines)
            reader.Number(1);
        else
        {
            ReadDc(ref reader, component);
            if (!progressive)
                SkipAc(ref reader, Ac(component));
        }
    }

    private HuffmanTable Ac(int component) => components[component].Codes.Ac ?? throw NoTable();

    private static InvalidDataException NoTable() =>
        new("it is damaged: a scan names a table of codes that is not there");

    private static InvalidDataException NoSymbol() => new("it is damaged: its data has a code that stands for nothing");

    private void ReadDc(ref BitReader reader, int number)
    {
        var component = components[number];
        var bits = reader.Symbol(component.Codes.Dc ?? throw NoTable());
        if (bits > LongestDc)
            throw NoSymbol();
        component.Dc += reader.Difference(bits);
        if (Math.Abs(component.Dc) > largestDc[number])
            throw new InvalidDataException("it is damaged: its data leaves the range of pixels");
    }

    private static void SkipAc(ref BitReader reader, HuffmanTable codes)
    {
        for (var k = 1; k < 64; k++)
        {
            var symbol = reader.SkipSymbol(codes);
            if (symbol == 0)
                return;
            if ((symbol & 15) == 0 && symbol != 0xf0)
                throw NoSymbol();
            k += symbol >> 4;
            if (k > 63)
                throw TooMany();
        }
    }

    private static InvalidDataException TooMany() => new("it is damaged: a block has more coefficients than 64");

    private void ReadAc(ref BitReader reader, HuffmanTable codes, ref ulong nonZero)
    {
        if (_emptyBlocks > 0)
        {
            _emptyBlocks--;
            return;
        }
        for (var k = band.First; k <= band.Last; k++)
        {
            var symbol = reader.Symbol(codes);
            var (zeros, bits) = (symbol >> 4, symbol & 15);
            if (bits == 0 && zeros != 15)
            {
                _emptyBlocks = (1 << zeros) + reader.Number(zeros) - 1;
                return;
            }
            k += zeros;
            if (k > band.Last)
                throw TooMany();
            reader.Drop(bits);
            if (bits > 0)
                nonZero |= 1UL << k;
        }
    }

    private void RefineAc(ref BitReader reader, HuffmanTable codes, ref ulong nonZero)
    {
        var k = band.First;
        for (; _emptyBlocks == 0 && k <= band.Last; k++)
        {
            var symbol = reader.Symbol(codes);
            var (zeros, bits) = (symbol >> 4, symbol & 15);
            if (bits > 1)
                throw NoSymbol();
            if (bits == 0 && zeros != 15)
            {
                _emptyBlocks = (1 << zeros) + reader.Number(zeros);
                break;
            }
            if (bits > 0)
                reader.Number(1);
            k = RefineTo(ref reader, k, zeros, nonZero);
            if (k > band.Last)
            {
                // Sixteen zeros may end with the band, a coefficient must lie in it.
                if (bits > 0)
                    throw TooMany();
                break;
            }
            if (bits > 0)
                nonZero |= 1UL << k;
        }
        if (_emptyBlocks == 0)
            return;
        RefineTo(ref reader, k, int.MaxValue, nonZero);
        _emptyBlocks--;
    }

    // Reads one bit for each coefficient that is not zero, until so many zeros are passed.
    private int RefineTo(ref BitReader reader, int k, int zeros, ulong nonZero)
    {
        for (; k <= band.Last; k++)
        {
            if ((nonZero >> k & 1) != 0)
                reader.Number(1);
            else if (zeros-- == 0)
                break;
        }
        return k;
    }
}
