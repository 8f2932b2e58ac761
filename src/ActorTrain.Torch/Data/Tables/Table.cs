using ActorTrain.Sentences;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>A table that was read: its numbers, and the text of its target.</summary>
/// <param name="File">The file.</param>
/// <param name="Target">Name of the target's column.</param>
/// <param name="Columns">Names of the other columns, in the order of the numbers.</param>
/// <param name="Inputs">[rows, columns] f32.</param>
/// <param name="Targets">[rows], the text of each.</param>
/// <param name="Lines">[rows], the line where each begins.</param>
internal sealed record Table(
    string File,
    string Target,
    IReadOnlyList<string> Columns,
    float[] Inputs,
    IReadOnlyList<string> Targets,
    IReadOnlyList<int> Lines
)
{
    /// <summary>Reads the table to train on.</summary>
    /// <exception cref="ActorTrainException">It cannot be used; the message says where and why.</exception>
    public static Table Read(string file, string target) => Read(file, target, like: null);

    /// <summary>Reads the table to test on, which must have the columns of this one, in any order.</summary>
    /// <exception cref="ActorTrainException">It cannot be used, or has other columns.</exception>
    public Table ReadTest(string file) =>
        Path.GetFullPath(file) == Path.GetFullPath(File) ? this : Read(file, Target, like: this);

    /// <summary>The samples of a data set.</summary>
    /// <param name="target">Converts the text of a target.</param>
    public Samples ToSamples(Func<string, Place, float> target) =>
        new(Inputs, Targets.Select((text, row) => target(text, PlaceOf(row))).ToArray());

    /// <summary>Where a row is.</summary>
    public Place PlaceOf(int row) => new(File, Lines[row]);

    private static Table Read(string file, string target, Table? like)
    {
        try
        {
            using var records = new RecordReader(file);
            var header = Header.Read(records, file, target);
            like?.CheckColumns(file, header);
            return ReadRows(file, target, records, header, like?.Columns ?? [.. header.Where(name => name != target)]);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ActorTrainException($"{file}: it does not exist.", missing);
        }
        catch (InvalidDataException damaged)
        {
            var reason = damaged.Message.TrimEnd('.');
            throw new ActorTrainException($"{file}: it is not a whole gzip file ({reason}).", damaged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActorTrainException($"{file}: it cannot be read ({e.AsClause()}).", e);
        }
    }

    private static Table ReadRows(
        string file,
        string target,
        RecordReader records,
        IReadOnlyList<string> header,
        IReadOnlyList<string> columns
    )
    {
        var at = header.Index().ToDictionary(column => column.Item, column => column.Index);
        var (places, targetPlace) = (columns.Select(column => at[column]).ToArray(), at[target]);
        var (inputs, targets, lines) = (new List<float>(), new List<string>(), new List<int>());
        while (records.Read())
        {
            // Before the count is checked: a misquoted field is the reason where there are too few.
            targets.Add(records.Count > targetPlace ? records.Field(targetPlace, header) : "");
            if (records.Count != header.Count)
                throw new ActorTrainException(
                    $"{records.Place}: it has {Plural.Format(records.Count, "field")}; the header has {header.Count}."
                );
            if (inputs.Count > Array.MaxLength - places.Length)
                throw new ActorTrainException(
                    $"{records.Place}: the table has more numbers than one array holds ({Array.MaxLength})."
                );
            foreach (var place in places)
                inputs.Add(Field.Number(records.Field(place, header), header[place], records.Place));
            lines.Add(records.Place.Line);
        }
        return lines.Count > 0
            ? new Table(file, target, columns, [.. inputs], targets, lines)
            : throw new ActorTrainException($"{file}: it has a header and no rows.");
    }

    private void CheckColumns(string file, IReadOnlyList<string> header)
    {
        var (others, known) = (header.ToHashSet(), Columns.ToHashSet());
        if (Columns.FirstOrDefault(column => !others.Contains(column)) is { } missing)
        {
            var meant = Field.Suggest(missing, [.. header.Where(name => !known.Contains(name))]);
            throw new ActorTrainException(
                $"{file}: it has no column {Field.Display(missing)}{meant}, which {File} has; "
                    + $"its columns are {Field.Display(header)}."
            );
        }
        if (header.FirstOrDefault(column => column != Target && !known.Contains(column)) is { } extra)
            throw new ActorTrainException(
                $"{file}: it has the column {Field.Display(extra)}, which {File} does not have; "
                    + "both must have the same columns."
            );
    }
}
