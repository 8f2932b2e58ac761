namespace ActorTrain.Torch.Data.Images;

/// <summary>How a stored image is rotated and mirrored into its right orientation.</summary>
/// <param name="exif">1 to 8, as Exif counts them.</param>
/// <param name="width">Columns as stored.</param>
/// <param name="height">Rows as stored.</param>
internal readonly struct Orientation(int exif, int width, int height)
{
    // 5 to 8 swap rows and columns.
    private bool IsTransposed => exif is >= 5 and <= 8;

    /// <summary>The size in the right orientation.</summary>
    public ImageShape ShapeOf(int channels) =>
        IsTransposed ? new(channels, width, height) : new(channels, height, width);

    /// <summary>Writes pixels in the right orientation, one channel after the other.</summary>
    /// <param name="pixels">As stored, each red, green, blue and an unused byte.</param>
    /// <param name="planes">Room for all channels.</param>
    /// <param name="channels">1 or 3.</param>
    public void Write(ReadOnlySpan<uint> pixels, Span<byte> planes, int channels)
    {
        // The target of the first pixel, and the distances to the next one of its row and of its column.
        var (start, right, down) = exif switch
        {
            2 => (width - 1, -1, width),
            3 => (width * height - 1, -1, -width),
            4 => ((height - 1) * width, 1, -width),
            5 => (0, height, 1),
            6 => (height - 1, height, -1),
            7 => (width * height - 1, -height, -1),
            8 => ((width - 1) * height, -height, 1),
            _ => (0, 1, width),
        };
        for (var row = 0; row < height; row++)
        {
            var line = pixels.Slice(row * width, width);
            if (channels == 1)
                WriteGrey(line, planes, start + row * down, right);
            else
                WriteColour(line, planes, width * height, start + row * down, right);
        }
    }

    private static void WriteColour(ReadOnlySpan<uint> line, Span<byte> planes, int plane, int position, int step)
    {
        if (step == 1)
        {
            WriteStraight(line, planes[position..], planes[(plane + position)..], planes[(2 * plane + position)..]);
            return;
        }
        var red = planes[..plane];
        var green = planes.Slice(plane, plane);
        var blue = planes.Slice(2 * plane, plane);
        foreach (var pixel in line)
        {
            (red[position], green[position], blue[position]) = ((byte)pixel, (byte)(pixel >> 8), (byte)(pixel >> 16));
            position += step;
        }
    }

    // The usual orientation, in a loop without bounds checks.
    private static void WriteStraight(ReadOnlySpan<uint> line, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        red = red[..line.Length];
        green = green[..line.Length];
        blue = blue[..line.Length];
        for (var i = 0; i < line.Length; i++)
        {
            red[i] = (byte)line[i];
            green[i] = (byte)(line[i] >> 8);
            blue[i] = (byte)(line[i] >> 16);
        }
    }

    // ITU-R 601-2 luma as Pillow computes it; the weights add up to 65,536, so that grey does not change.
    private static void WriteGrey(ReadOnlySpan<uint> line, Span<byte> plane, int position, int step)
    {
        foreach (var pixel in line)
        {
            var luma = 19595 * (pixel & 0xff) + 38470 * (pixel >> 8 & 0xff) + 7471 * (pixel >> 16 & 0xff);
            plane[position] = (byte)((luma + 0x8000) >> 16);
            position += step;
        }
    }
}
