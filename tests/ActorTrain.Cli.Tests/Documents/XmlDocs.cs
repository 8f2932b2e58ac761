using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ActorTrain.Cli.Tests.Documents;

/// <summary>The documentation comments of an assembly, as the compiler has written them.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, XElement> _members;

    public XmlDocs(string assembly) =>
        _members = XDocument
            .Load(Path.Combine(AppContext.BaseDirectory, assembly + ".xml"))
            .Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>What is said of a field or property; of a record's parameter, by the record.</summary>
    public string Of(Type type, string member)
    {
        var found =
            Member($"F:{type.FullName}.{member}")?.Element("summary")
            ?? Member($"P:{type.FullName}.{member}")?.Element("summary")
            ?? Member($"T:{type.FullName}")
                ?.Elements("param")
                .FirstOrDefault(parameter => parameter.Attribute("name")!.Value == member);
        return found is null ? "" : Plain(found);
    }

    private XElement? Member(string name) => _members.GetValueOrDefault(name);

    private static string Plain(XElement element) =>
        Spaces()
            .Replace(string.Concat(element.Nodes().Select(Text)), " ")
            .Trim()
            .Replace("|", "\\|", StringComparison.Ordinal);

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "paramref" } reference => $"`{Json(reference.Attribute("name")!.Value)}`",
            XElement { Name.LocalName: "see" } reference => $"`{reference.Attribute("cref")!.Value.Split('.')[^1]}`",
            XElement other => other.Value,
            _ => "",
        };

    private static string Json(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
