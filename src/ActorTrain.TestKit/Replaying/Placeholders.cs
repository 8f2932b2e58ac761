namespace ActorTrain.TestKit.Replaying;

/// <summary>
/// Replaces a value that cannot be written as code by a name that is not declared. So the code does not compile until
/// the user declares the name, rather than run with another value.
/// </summary>
internal sealed class Placeholders
{
    private readonly List<string> _lines = [];

    /// <summary>A comment for each name.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a value, and returns its name.</summary>
    /// <param name="what">The property's name.</param>
    /// <param name="value">The value.</param>
    public string Add(string what, object value)
    {
        var name = char.ToLowerInvariant(what[0]) + what[1..];
        var line = $"// {name}: of type {value.GetType()}, which cannot be written as code; declare it, as it was.";
        if (!_lines.Contains(line))
            _lines.Add(line);
        return name;
    }
}
