using System.Collections;
using System.Text;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Settings;

namespace ActorTrain.TestKit.Replaying;

/// <summary>
/// Options as C#: the properties of a record that differ from its default. They are found by reflection, so that new
/// settings are included.
/// </summary>
/// <param name="placeholders">Collects values that cannot be written as code.</param>
/// <param name="usings">Collects the namespaces that the code needs.</param>
internal sealed class OptionsCode(Placeholders placeholders, ISet<string> usings)
{
    private const string Indent = "    ";

    /// <summary>The code of a record, derived from its default.</summary>
    /// <param name="name">The C# of the default, such as <c>defaults</c>.</param>
    /// <param name="value">The record.</param>
    /// <param name="standard">Its default.</param>
    public string Create(string name, object value, object standard)
    {
        var changes = Changes(name, value, standard).ToList();
        return changes.Count == 0
            ? name
            : $"{name} with\n{{\n{string.Concat(changes.Select(change => $"{Indent}{change},\n"))}}}";
    }

    /// <summary>The differences, as assignments of an initializer.</summary>
    public IEnumerable<string> Changes(string name, object value, object standard) =>
        from property in OptionsAsSettings.PropertiesOf(value.GetType())
        let change = Change($"{name}.{property.Name}", property.GetValue(value), property.GetValue(standard))
        where change is not null
        select $"{property.Name} = {change}";

    private string? Change(string name, object? value, object? standard)
    {
        if (
            value is not null
            && standard is not null
            && OptionsAsSettings.IsRecord(value.GetType())
            && value.GetType() == standard.GetType()
            && value is not OptimizerOptions
        )
            return Changes(name, value, standard).ToList() is { Count: > 0 } changes
                ? $"{name} with {{ {string.Join(", ", changes)} }}"
                : null;
        return AreEqual(value, standard) ? null
            : value is OptimizerOptions optimizer ? Optimizer(name, optimizer)
            : Literal(name, value);
    }

    private string Optimizer(string name, OptimizerOptions optimizer)
    {
        usings.Add(typeof(OptimizerOptions).Namespace!);
        var (code, standard) = optimizer switch
        {
            Sgd => ("new Sgd()", new Sgd()),
            AdamW => ("new AdamW()", new AdamW()),
            Adam => ("new Adam()", (OptimizerOptions)new Adam()),
            _ => ($"new CustomOptimizer({CSharp.Literal(optimizer.Name)})", new CustomOptimizer(optimizer.Name)),
        };
        return Changes(name, optimizer, standard).ToList() is { Count: > 0 } changes
            ? $"{code} {{ {string.Join(", ", changes)} }}"
            : code;
    }

    private string Literal(string name, object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case bool isOn:
                return isOn ? "true" : "false";
            case string text:
                return CSharp.Literal(text);
            case float number:
                return CSharp.Literal(number);
            case double number:
                return CSharp.Literal(number);
            case int or long or short or byte:
                return CSharp.Literal(Convert.ToInt64(value, null));
            case TimeSpan time:
                return CSharp.Literal(time);
            case CheckpointInterval interval:
                return interval.IsOn
                    ? $"CheckpointInterval.Parse({CSharp.Literal($"{interval}")})!.Value"
                    : "CheckpointInterval.Off";
            case Enum choice:
                return Choice(choice);
            case IEnumerable<KeyValuePair<string, string>> settings:
                return Dictionary(settings);
            case IEnumerable<string> texts:
                return $"[{CSharp.Listed(texts)}]";
            default:
                return placeholders.Add(name[(name.LastIndexOf('.') + 1)..], value);
        }
    }

    private string Choice(Enum choice)
    {
        var type = choice.GetType();
        usings.Add(type.Namespace!);
        return Enum.IsDefined(type, choice) ? $"{type.Name}.{choice}" : $"({type.Name}){Convert.ToInt64(choice, null)}";
    }

    private string Dictionary(IEnumerable<KeyValuePair<string, string>> settings)
    {
        usings.Add("System.Collections.Generic");
        var code = new StringBuilder("new Dictionary<string, string> { ");
        code.AppendJoin(
            ", ",
            settings.Select(setting => $"[{CSharp.Literal(setting.Key)}] = {CSharp.Literal(setting.Value)}")
        );
        return code.Append(" }").ToString();
    }

    private static bool AreEqual(object? one, object? other) =>
        (one, other) switch
        {
            (string, _) or (_, string) => Equals(one, other),
            (IEnumerable some, IEnumerable others) => some.Cast<object>().SequenceEqual(others.Cast<object>()),
            _ => Equals(one, other),
        };
}
