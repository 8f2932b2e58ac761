namespace ActorTrain.Torch.Data.Images;

/// <summary>
/// One scan of a JPEG file: reads its codes as a decoder does (ITU-T T.81, annexes F and G), without making pixels of
/// them. Data that is missing, added or replaced shows in codes that do not come out: a decoder fills in grey there,
/// and says nothing.
/// </summary>
/// <param name="components">Its components.</param>
/// <param name="units">Number of units that it consists of.</param>
/// <param name="restart">Units between two restart markers; 0 for none.</param>
/// <param name="band">The coefficients that it has, first and last.</param>
/// <param name="refines">Whether it adds a bit to what earlier scans had.</param>
/// <param name="progressive">Whether the file is progressive.</param>
/// <param name="largestMean">For each component the largest mean that pixels can have.</param>
internal sealed class JpegScan(
    JpegComponent[] components,
    int units,
    int restart,
    (int First, int Last) band,
    bool refines,
    bool progressive,
    int[] largestMean
)
{
    private const int LongestMean = 15;

    // Blocks to come that have nothing in this band.
    private int _empty;

    /// <summary>Reads it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="position">Where its data begins.</param>
    /// <returns>Where the marker after its data is.</returns>
    public int Read(ReadOnlySpan<byte> file, int position)
    {
        var reader = new BitReader(file, position);
        foreach (var component in components)
            component.Mean = 0;
        for (var unit = 0; unit < units; unit++)
        {
            if (restart > 0 && unit > 0 && unit % restart == 0)
            {
                CheckNoneIsExpected();
                reader.Restart((unit / restart - 1) % 8);
                foreach (var component in components)
                    component.Mean = 0;
            }
            if (components.Length == 1)
                ReadBlock(ref reader, 0, unit);
            else
                ReadUnit(ref reader);
        }
        CheckNoneIsExpected();
        reader.End();
        return reader.Position;
    }

    private void CheckNoneIsExpected()
    {
        if (_empty > 0)
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
                RefineOthers(ref reader, Others(component), ref nonZero);
            else
                ReadOthers(ref reader, Others(component), ref nonZero);
        }
        else if (refines)
            reader.Number(1);
        else
        {
            ReadMean(ref reader, component);
            if (!progressive)
                SkipOthers(ref reader, Others(component));
        }
    }

    private HuffmanTable Others(int component) => components[component].Codes.Others ?? throw NoTable();

    private static InvalidDataException NoTable() =>
        new("it is damaged: a scan names a table of codes that is not there");

    private static InvalidDataException NoSymbol() => new("it is damaged: its data has a code that stands for nothing");

    private void ReadMean(ref BitReader reader, int number)
    {
        var component = components[number];
        var bits = reader.Symbol(component.Codes.Means ?? throw NoTable());
        if (bits > LongestMean)
            throw NoSymbol();
        component.Mean += reader.Difference(bits);
        if (Math.Abs(component.Mean) > largestMean[number])
            throw new InvalidDataException("it is damaged: its data leaves the range of pixels");
    }

    private static void SkipOthers(ref BitReader reader, HuffmanTable codes)
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

    private void ReadOthers(ref BitReader reader, HuffmanTable codes, ref ulong nonZero)
    {
        if (_empty > 0)
        {
            _empty--;
            return;
        }
        for (var k = band.First; k <= band.Last; k++)
        {
            var symbol = reader.Symbol(codes);
            var (zeros, bits) = (symbol >> 4, symbol & 15);
            if (bits == 0 && zeros != 15)
            {
                _empty = (1 << zeros) + reader.Number(zeros) - 1;
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

    private void RefineOthers(ref BitReader reader, HuffmanTable codes, ref ulong nonZero)
    {
        var k = band.First;
        for (; _empty == 0 && k <= band.Last; k++)
        {
            var symbol = reader.Symbol(codes);
            var (zeros, bits) = (symbol >> 4, symbol & 15);
            if (bits > 1)
                throw NoSymbol();
            if (bits == 0 && zeros != 15)
            {
                _empty = (1 << zeros) + reader.Number(zeros);
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
        if (_empty == 0)
            return;
        RefineTo(ref reader, k, int.MaxValue, nonZero);
        _empty--;
    }

    // One bit for each coefficient that is there already, up to the zero after so many zeros.
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
