namespace ActorTrain.Settings;

/// <summary>
/// A position in a HOCON text, and the steps over its smallest parts: blanks, keys, texts, the target of a
/// substitution. Knows the line, for errors.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="file">The text's name, for errors.</param>
internal sealed class HoconScanner(string text, string file)
{
    private int _at;

    /// <summary>The line of the position, from 1.</summary>
    public int Line { get; private set; } = 1;

    public bool AtEnd => _at >= text.Length;

    /// <summary>The character at the position; NUL at the end.</summary>
    public char Current => _at < text.Length ? text[_at] : '\0';

    /// <summary>The character behind <see cref="Current"/>; NUL at the end.</summary>
    public char Next => _at + 1 < text.Length ? text[_at + 1] : '\0';

    public bool AtComment => Current == '#' || (Current == '/' && Next == '/');

    /// <summary>Whether a value ends here.</summary>
    public bool AtEndOfValue => AtEnd || Current is '\n' or ',' or '}' or ']' || AtComment;

    /// <summary>Whether the next character that is not blank is a comma.</summary>
    public bool CommaFollows => text.AsSpan(_at).TrimStart(" \t\r\n") is [',', ..];

    public void Step() => _at++;

    /// <summary>Skips white space, line breaks and comments, and commas where they separate.</summary>
    public void SkipBlank(bool commas)
    {
        while (!AtEnd)
        {
            if (AtComment)
                SkipComment();
            else if (char.IsWhiteSpace(Current) || (commas && Current == ','))
            {
                if (Current == '\n')
                    Line++;
                _at++;
            }
            else
                return;
        }
    }

    /// <summary>Skips white space within the line.</summary>
    public void SkipSpace()
    {
        while (!AtEnd && Current != '\n' && char.IsWhiteSpace(Current))
            _at++;
    }

    /// <summary>Reads a key, whose parts may stand in quotes.</summary>
    public string Key()
    {
        var start = _at;
        var line = Line;
        while (!AtEnd)
        {
            if (QuotesPartOfName(start))
                throw Malformed(
                    line,
                    "a key's part stands in quotes as a whole or not at all; put the quotes around all that is "
                        + "between two dots"
                );
            if (Current == '"')
                SkipQuoted();
            else if (IsOfKey(Current))
                _at++;
            else
                break;
        }
        var key = text[start.._at].Replace("\"", "", StringComparison.Ordinal);
        if (key.Contains('\n', StringComparison.Ordinal))
            throw Malformed(line, "the key that starts here goes over several lines");
        return WithoutEmptyParts(key, line);
    }

    /// <summary>Skips a text in quotes, or in three quotes over several lines.</summary>
    public void SkipQuoted()
    {
        var line = Line;
        var quote = text.AsSpan(_at).StartsWith("\"\"\"") ? "\"\"\"" : "\"";
        _at += quote.Length;
        while (!AtEnd && !text.AsSpan(_at).StartsWith(quote))
        {
            if (Current == '\n' && quote.Length == 1)
                break;
            if (Current == '\n')
                Line++;
            _at += Current == '\\' && quote.Length == 1 && Next != '\n' ? 2 : 1;
        }
        if (AtEnd || Current == '\n')
            throw Malformed(line, "the text in quotes that starts here is never closed; add a \"");
        _at += quote.Length;
    }

    /// <summary>Skips a text without quotes.</summary>
    /// <param name="key">The key whose value it is part of, for errors.</param>
    public void SkipUnquoted(string key)
    {
        while (!AtEndOfValue && Current is not ('{' or '[' or '"' or '$'))
        {
            // HOCON reserves these; Akka's parser loops for ever on one in a list.
            if ("`^?!@*&\\".Contains(Current, StringComparison.Ordinal))
                throw Malformed(Line, $"the value of {key} holds a {Current}; put it into double quotes");
            if (Current is '=' or ':')
                throw Malformed(
                    Line,
                    $"the value of {key} holds a {Current}; put it into double quotes, or start a new line"
                );
            _at++;
        }
        if (Current == '$' && Next != '{')
            throw Malformed(Line, $"the value of {key} holds a $; put it into double quotes");
    }

    /// <summary>Reads the key that a <c>${…}</c> names.</summary>
    public string SubstitutionTarget()
    {
        var end = text.AsSpan(_at).IndexOfAny('}', '\n');
        if (end < 0 || text[_at + end] == '\n')
            throw Malformed(Line, "the ${ of this line is never closed; add a }");
        if (text[_at + 2] == '?')
            throw Malformed(Line, "${? is not supported; write ${ and a key of this file");
        var start = _at += 2;
        while (IsPlain(Current))
            _at++;
        // Akka's parser takes a target that is not exactly a plain key for the whole text, and then includes it in
        // itself without end.
        var target = WithoutEmptyParts(text[start.._at], Line);
        if (AtEnd || Current != '}')
            throw Malformed(Line, $"a }} is expected here, not '{(AtEnd ? "the end" : Printable(Current))}'");
        _at++;
        return target;
    }

    /// <summary>The error about a line.</summary>
    public ActorTrainException Malformed(int line, string what) => new($"{file}, line {line}: {what}.");

    private bool QuotesPartOfName(int keyStart)
    {
        var before = _at == keyStart ? '.' : text[_at - 1];
        return Current == '"' ? before != '.' : before == '"' && Current != '.' && IsOfKey(Current);
    }

    private void SkipComment()
    {
        while (!AtEnd && Current != '\n')
            _at++;
    }

    private string WithoutEmptyParts(string key, int line)
    {
        if (key.Length == 0)
            throw Malformed(line, $"a key is expected here, not '{Printable(Current)}'");
        if (key.StartsWith('.') || key.EndsWith('.') || key.Contains("..", StringComparison.Ordinal))
            throw Malformed(line, $"the key {key} has an empty part; write one dot between two names");
        return key;
    }

    private static bool IsOfKey(char c) => IsPlain(c) || c == '/';

    /// <summary>The characters of a key that need no quotes anywhere.</summary>
    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';

    private static string Printable(char c) => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString();
}
