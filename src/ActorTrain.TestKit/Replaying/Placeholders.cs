namespace ActorTrain.TestKit.Replaying;

/// <summary>
/// Stands in for what cannot be written as code by a name that nobody declares: so the code does not compile before
/// whoever replays it has said what the name stands for, rather than run with something else.
/// </summary>
internal sealed class Placeholders
{
    private readonly List<string> _lines = [];

    /// <summary>One comment for each: what it was.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The name in place of a value.</summary>
    /// <param name="what">What the value is, as a property's name.</param>
    /// <param name="value">The value.</param>
    public string Of(string what, object value)
    {
        var name = char.ToLowerInvariant(what[0]) + what[1..];
        var line = $"// {name}: of type {value.GetType()}, which cannot be written as code; declare it, as it was.";
        if (!_lines.Contains(line))
            _lines.Add(line);
        return name;
    }
}
