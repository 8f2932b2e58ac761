namespace ActorTrain.Settings;

/// <summary>
/// The keys of a HOCON text, with their lines. Akka's parser accepts almost any text without an error (a missing brace,
/// a forgotten =, a binary file), so the form is checked here first, and errors name the line.
/// </summary>
internal sealed class HoconOutline
{
    private const int DeepestNesting = 64;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly List<Substitution> _substitutions = [];
    private readonly HoconScanner _scanner;
    private int _depth;

    private HoconOutline(string text, string file) => _scanner = new HoconScanner(text, file);

    /// <summary>Reads the outline of a text.</summary>
    /// <exception cref="ActorTrainException">The text is not well-formed HOCON.</exception>
    public static HoconOutline Parse(string text, string file)
    {
        var outline = new HoconOutline(text, file);
        outline.ReadAll();
        return outline;
    }

    /// <summary>The line of a key, of the last one that counts; null when the text does not have it.</summary>
    public int? LineOf(string key) => _lines.TryGetValue(key, out var line) ? line : null;

    /// <summary>The places where the text uses another key's value.</summary>
    public IReadOnlyList<Substitution> Substitutions => _substitutions;

    private void ReadAll()
    {
        _scanner.SkipBlank(commas: false);
        if (_scanner.Current == '{')
            Nested('{', () => Members("", _scanner.Line, '}'));
        else
            Members("", _scanner.Line, close: null);
        _scanner.SkipBlank(commas: false);
        if (!_scanner.AtEnd)
            throw Malformed($"nothing may follow the closing }}, but '{_scanner.Current}' does");
    }

    private void Members(string section, int openedAt, char? close)
    {
        while (true)
        {
            _scanner.SkipBlank(commas: true);
            if (_scanner.AtEnd && close is null)
                return;
            if (_scanner.AtEnd)
                throw _scanner.Malformed(openedAt, "the { of this line is never closed; add a }");
            if (_scanner.Current == '}' && close is not null)
            {
                _scanner.Step();
                return;
            }
            if (_scanner.Current is '}' or ']')
                throw Malformed($"this {_scanner.Current} closes nothing; take it out");
            if (Member(section) && _scanner.CommaFollows)
                throw Malformed("no comma may follow a }; take it out");
        }
    }

    /// <returns>Whether its value is a section: Akka's parser allows no comma after one.</returns>
    private bool Member(string section)
    {
        var line = _scanner.Line;
        var key = _scanner.Key();
        _scanner.SkipSpace();
        if (key == "include" && _scanner.Current is not ('=' or ':' or '{'))
            throw _scanner.Malformed(line, "include is not supported; put the settings into this file");
        var path = section.Length == 0 ? key : section + "." + key;
        Record(path, line);
        if (_scanner.Current == '{')
        {
            Nested('{', () => Members(path, line, '}'));
            return true;
        }
        if (_scanner.Current is not ('=' or ':'))
            throw _scanner.Malformed(line, $"{key} must be followed by = and a value, or by {{");
        _scanner.Step();
        return Value(path, line);
    }

    /// <summary>The line of a section is where it is first opened; that of a value is where it is last given.</summary>
    private void Record(string path, int line)
    {
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
            _lines.TryAdd(path[..dot], line);
        _lines[path] = line;
    }

    /// <returns>Whether it is a section.</returns>
    private bool Value(string key, int line)
    {
        var isSection = false;
        var (texts, containers, substitutions) = (0, 0, 0);
        for (_scanner.SkipSpace(); !_scanner.AtEndOfValue; _scanner.SkipSpace())
        {
            isSection = _scanner.Current == '{';
            if (isSection)
            {
                containers++;
                Nested('{', () => Members(key, _scanner.Line, '}'));
            }
            else if (_scanner.Current == '[')
            {
                containers++;
                Nested('[', () => Elements(key, _scanner.Line));
            }
            else if (_scanner.Current == '$' && _scanner.Next == '{')
            {
                substitutions++;
                var target = _scanner.SubstitutionTarget();
                _substitutions.Add(new Substitution(key, target, _scanner.Line));
            }
            else
            {
                texts++;
                SkipText(key);
            }
            if (texts + substitutions > 0 && containers > 0)
                throw Malformed($"the value of {key} mixes text with a {{ or a [; start a new line between them");
        }
        if (texts + containers + substitutions == 0)
            throw _scanner.Malformed(line, $"{key} has no value");
        return isSection;
    }

    private void SkipText(string key)
    {
        if (_scanner.Current == '"')
            _scanner.SkipQuoted();
        else
            _scanner.SkipUnquoted(key);
    }

    private void Elements(string key, int openedAt)
    {
        while (true)
        {
            _scanner.SkipBlank(commas: true);
            if (_scanner.AtEnd || _scanner.Current == '}')
                throw _scanner.Malformed(openedAt, "the [ of this line is never closed; add a ]");
            if (_scanner.Current == ']')
            {
                _scanner.Step();
                return;
            }
            Value(key, _scanner.Line);
        }
    }

    private void Nested(char open, Action content)
    {
        if (++_depth > DeepestNesting)
            throw Malformed($"{open} stands inside {DeepestNesting} others; that is too deep");
        _scanner.Step();
        content();
        _depth--;
    }

    private ActorTrainException Malformed(string what) => _scanner.Malformed(_scanner.Line, what);
}
