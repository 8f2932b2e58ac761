namespace ActorTrain.Settings;

/// <summary>
/// The keys of a HOCON text and the line each stands on. Akka's parser takes almost any text without a word
/// (a brace too few, a forgotten =, a binary file), so the form is checked here first, with the line in the error.
/// </summary>
internal sealed class HoconOutline
{
    private const int DeepestNesting = 64;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly List<Substitution> _substitutions = [];
    private readonly string _text;
    private readonly string _file;
    private int _at;
    private int _line = 1;
    private int _depth;

    private HoconOutline(string text, string file) => (_text, _file) = (text, file);

    /// <summary>Reads the outline of a text.</summary>
    /// <exception cref="ActorTrainException">The text is not well-formed HOCON.</exception>
    public static HoconOutline Of(string text, string file)
    {
        var outline = new HoconOutline(text, file);
        outline.ReadAll();
        return outline;
    }

    /// <summary>The line of a key, of the last one that counts; null when the text does not have it.</summary>
    public int? LineOf(string key) => _lines.TryGetValue(key, out var line) ? line : null;

    /// <summary>Where the text takes a value from another key.</summary>
    public IReadOnlyList<Substitution> Substitutions => _substitutions;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private bool CommaFollows => _text.AsSpan(_at).TrimStart(" \t\r\n") is [',', ..];

    private bool AtEnd => _at >= _text.Length;

    private void ReadAll()
    {
        SkipBlank(commas: false);
        if (Current == '{')
            Nested('{', () => Members("", _line, '}'));
        else
            Members("", _line, close: null);
        SkipBlank(commas: false);
        if (!AtEnd)
            throw Malformed(_line, $"nothing may follow the closing }}, but '{Current}' does");
    }

    private void Members(string section, int openedAt, char? close)
    {
        while (true)
        {
            SkipBlank(commas: true);
            if (AtEnd && close is null)
                return;
            if (AtEnd)
                throw Malformed(openedAt, "the { of this line is never closed; add a }");
            if (Current == '}' && close is not null)
            {
                _at++;
                return;
            }
            if (Current is '}' or ']')
                throw Malformed(_line, $"this {Current} closes nothing; take it out");
            if (Member(section) && CommaFollows)
                throw Malformed(_line, "no comma may follow a }; take it out");
        }
    }

    /// <returns>Whether its value is a section: Akka's parser takes no comma after one.</returns>
    private bool Member(string section)
    {
        var line = _line;
        var key = Key();
        SkipSpace();
        if (key == "include" && Current is not ('=' or ':' or '{'))
            throw Malformed(line, "include is not supported; put the settings into this file");
        var path = section.Length == 0 ? key : section + "." + key;
        Note(path, line);
        if (Current == '{')
        {
            Nested('{', () => Members(path, line, '}'));
            return true;
        }
        if (Current is not ('=' or ':'))
            throw Malformed(line, $"{key} must be followed by = and a value, or by {{");
        _at++;
        return Value(path, line);
    }

    /// <summary>A section stands where it is first opened, a value where it is last given.</summary>
    private void Note(string path, int line)
    {
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
            _lines.TryAdd(path[..dot], line);
        _lines[path] = line;
    }

    private string Key()
    {
        var start = _at;
        var line = _line;
        while (!AtEnd)
        {
            var before = _at == start ? '.' : _text[_at - 1];
            if (Current == '"' ? before != '.' : before == '"' && Current != '.' && IsOfKey(Current))
                throw Malformed(
                    line,
                    "a key's part stands in quotes as a whole or not at all; put the quotes around all that is "
                        + "between two dots"
                );
            if (Current == '"')
                Quoted();
            else if (IsOfKey(Current))
                _at++;
            else
                break;
        }
        var key = _text[start.._at].Replace("\"", "", StringComparison.Ordinal);
        if (key.Contains('\n', StringComparison.Ordinal))
            throw Malformed(line, "the key that starts here goes over several lines");
        return WithoutEmptyParts(key, line);
    }

    private static bool IsOfKey(char c) => IsPlain(c) || c == '/';

    /// <summary>The letters of a key that need no quotes anywhere.</summary>
    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';

    private string WithoutEmptyParts(string key, int line)
    {
        if (key.Length == 0)
            throw Malformed(line, $"a key is expected here, not '{Printable(Current)}'");
        if (key.StartsWith('.') || key.EndsWith('.') || key.Contains("..", StringComparison.Ordinal))
            throw Malformed(line, $"the key {key} has an empty part; write one dot between two names");
        return key;
    }

    /// <returns>Whether it is a section.</returns>
    private bool Value(string key, int line)
    {
        var isSection = false;
        var (texts, containers, substitutions) = (0, 0, 0);
        for (SkipSpace(); !AtEnd && !EndsValue(); SkipSpace())
        {
            isSection = Current == '{';
            if (isSection)
            {
                containers++;
                Nested('{', () => Members(key, _line, '}'));
            }
            else if (Current == '[')
            {
                containers++;
                Nested('[', () => Elements(key, _line));
            }
            else if (Current == '$' && Next == '{')
            {
                substitutions++;
                Substituted(key);
            }
            else if (Current == '"')
            {
                texts++;
                Quoted();
            }
            else
            {
                texts++;
                Unquoted(key);
            }
            if (texts + substitutions > 0 && containers > 0)
                throw Malformed(
                    _line,
                    $"the value of {key} mixes text with a {{ or a [; start a new line between them"
                );
        }
        if (texts + containers + substitutions == 0)
            throw Malformed(line, $"{key} has no value");
        return isSection;
    }

    private bool EndsValue() => Current is '\n' or ',' or '}' or ']' || AtComment;

    private bool AtComment => Current == '#' || (Current == '/' && Next == '/');

    private void Elements(string key, int openedAt)
    {
        while (true)
        {
            SkipBlank(commas: true);
            if (AtEnd || Current == '}')
                throw Malformed(openedAt, "the [ of this line is never closed; add a ]");
            if (Current == ']')
            {
                _at++;
                return;
            }
            Value(key, _line);
        }
    }

    private void Nested(char open, Action content)
    {
        if (++_depth > DeepestNesting)
            throw Malformed(_line, $"{open} stands inside {DeepestNesting} others; that is too deep");
        _at++;
        content();
        _depth--;
    }

    private void Quoted()
    {
        var line = _line;
        var quote = _text.AsSpan(_at).StartsWith("\"\"\"") ? "\"\"\"" : "\"";
        _at += quote.Length;
        while (!AtEnd && !_text.AsSpan(_at).StartsWith(quote))
        {
            if (Current == '\n' && quote.Length == 1)
                break;
            if (Current == '\n')
                _line++;
            _at += Current == '\\' && quote.Length == 1 && Next != '\n' ? 2 : 1;
        }
        if (AtEnd || Current == '\n')
            throw Malformed(line, "the text in quotes that starts here is never closed; add a \"");
        _at += quote.Length;
    }

    private void Substituted(string key)
    {
        var end = _text.AsSpan(_at).IndexOfAny('}', '\n');
        if (end < 0 || _text[_at + end] == '\n')
            throw Malformed(_line, "the ${ of this line is never closed; add a }");
        if (_text[_at + 2] == '?')
            throw Malformed(_line, "${? is not supported; write ${ and a key of this file");
        var start = _at += 2;
        while (IsPlain(Current))
            _at++;
        // What is no plain key, to the letter, is the whole text to Akka's parser, which then stands inside itself
        // without end.
        _substitutions.Add(new Substitution(key, WithoutEmptyParts(_text[start.._at], _line), _line));
        if (AtEnd || Current != '}')
            throw Malformed(_line, $"a }} is expected here, not '{(AtEnd ? "the end" : Printable(Current))}'");
        _at++;
    }

    private void Unquoted(string key)
    {
        while (!AtEnd && !EndsValue() && Current is not ('{' or '[' or '"' or '$'))
        {
            // HOCON keeps these for later; Akka's parser never gets past one that stands in a list.
            if ("`^?!@*&\\".Contains(Current, StringComparison.Ordinal))
                throw Malformed(_line, $"the value of {key} holds a {Current}; put it into double quotes");
            if (Current is '=' or ':')
                throw Malformed(
                    _line,
                    $"the value of {key} holds a {Current}; put it into double quotes, or start a new line"
                );
            _at++;
        }
        if (Current == '$' && Next != '{')
            throw Malformed(_line, $"the value of {key} holds a $; put it into double quotes");
    }

    private void SkipBlank(bool commas)
    {
        while (!AtEnd)
        {
            if (AtComment)
                SkipComment();
            else if (char.IsWhiteSpace(Current) || (commas && Current == ','))
            {
                if (Current == '\n')
                    _line++;
                _at++;
            }
            else
                return;
        }
    }

    private void SkipComment()
    {
        while (!AtEnd && Current != '\n')
            _at++;
    }

    private void SkipSpace()
    {
        while (!AtEnd && Current != '\n' && char.IsWhiteSpace(Current))
            _at++;
    }

    private static string Printable(char c) => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString();

    private ActorTrainException Malformed(int line, string what) => new($"{_file}, line {line}: {what}.");
}
