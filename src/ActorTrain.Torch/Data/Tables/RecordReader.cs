using System.Buffers;
using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>
/// Reads the records of comma-separated text one after the other, skips blank lines, and refuses text that violates RFC
/// 4180.
/// </summary>
internal sealed class RecordReader : IDisposable
{
    private static readonly SearchValues<char> Suspect = SearchValues.Create('\0', '\ufffd', '\n', '\r');

    private readonly string _file;
    private readonly StreamReader _text;
    private readonly CsvParser _csv;
    private string? _misquoted;

    public RecordReader(string file)
    {
        (_file, _text) = (file, TableText.Open(file));
        _csv = new CsvParser(
            _text,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                TrimOptions = TrimOptions.Trim,
                // Blank lines are skipped here, so that the first line of each record is known.
                IgnoreBlankLines = false,
                BadDataFound = found => _misquoted = found.Field,
            }
        );
    }

    /// <summary>Where the record begins: a quoted field may span several lines.</summary>
    public Place Place { get; private set; }

    /// <summary>Fields of the record.</summary>
    public int Count => _csv.Count;

    /// <summary>The record as it is written.</summary>
    public string Text => _csv.RawRecord;

    /// <summary>Reads the next record; false at the end.</summary>
    public bool Read()
    {
        do
        {
            Place = new Place(_file, _csv.RawRow + 1);
            if (!_csv.Read())
                return false;
        } while (_csv.Count == 1 && string.IsNullOrWhiteSpace(_csv.RawRecord));
        return true;
    }

    /// <summary>One field of the record.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="columns">Names of the columns, for an error; null where they are not known yet.</param>
    /// <exception cref="ActorTrainException">It is misquoted, or its text is damaged.</exception>
    public string Field(int index, IReadOnlyList<string>? columns)
    {
        _misquoted = null;
        var text = _csv[index];
        if (_misquoted is { } field)
            throw Wrong(index, columns, Misquoted(field.Trim()));
        if (text.AsSpan().ContainsAny(Suspect))
            CheckText(text, index, columns);
        return Tables.Field.Trim(text);
    }

    public void Dispose()
    {
        _csv.Dispose();
        _text.Dispose();
    }

    private void CheckText(string text, int index, IReadOnlyList<string>? columns)
    {
        if (text.Contains('\0'))
            throw Wrong(index, columns, "has a NUL byte in it; the file is damaged, or was not written to its end.");
        if (text.Contains('\ufffd'))
            throw Wrong(index, columns, $"is {Tables.Field.Display(text)}, which is not {Encoding}.");
        // Where a closing quote is missing, a later quote closes the field, which then contains whole records.
        if (text.Contains(','))
            throw Wrong(
                index,
                columns,
                $"is quoted up to line {_csv.RawRow}, with commas in it; a closing quote is missing."
            );
    }

    private string Encoding =>
        _text.CurrentEncoding is UTF8Encoding
            ? "UTF-8 (Latin-1 or Windows-1252, perhaps); save the file as UTF-8"
            : _text.CurrentEncoding.WebName.ToUpperInvariant() + ", though the file's byte order mark says so";

    private static string Misquoted(string field) =>
        !field.StartsWith('"')
            ? $"has a quote in it ({Tables.Field.Display(field)}); "
                + "such a field must be in quotes, and its own quotes doubled."
        : field.Count(letter => letter == '"') % 2 == 1 ? "begins with a quote that is never closed."
        : $"goes on after its closing quote ({Tables.Field.Display(field)}); a quote within a field must be doubled.";

    private ActorTrainException Wrong(int index, IReadOnlyList<string>? columns, string what)
    {
        var column = columns?.Count > index ? Tables.Field.Display(columns[index]) : $"column {index + 1}";
        return new ActorTrainException($"{Place}: {column} {what}");
    }
}
