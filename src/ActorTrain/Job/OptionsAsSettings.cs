using System.Globalization;
using System.Reflection;
using ActorTrain.Settings;

namespace ActorTrain.Job;

/// <summary>
/// Options that were made by code, as the settings that they would be in a file, so that one reader checks both. It
/// goes by the records themselves: an option that is added is checked as well.
/// </summary>
internal static class OptionsAsSettings
{
    // By their names without dashes, as properties have them.
    private static readonly Dictionary<string, string> Keys = ReferenceConfiguration
        .Settings.Select(setting => setting.Key)
        .ToDictionary(key => key.Replace("-", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);

    private static readonly MethodInfo NameOfChoice = typeof(Choices).GetMethod(nameof(Choices.NameOf))!;

    /// <summary>Every option that has a key, with its place in the options as its source.</summary>
    /// <param name="section">The key of the section that the options are.</param>
    /// <param name="place">The name of the options in code, such as <c>JobOptions</c>.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ActorTrainException">A part of them is null.</exception>
    public static IEnumerable<SettingOverride> Of(string section, string place, object options)
    {
        foreach (var property in PropertiesOf(options.GetType()))
        {
            var (name, at) = (section + NameOf(property), $"{place}.{property.Name}");
            var value = property.GetValue(options) ?? throw new ActorTrainException($"{at} is null; it must be given.");
            // Records of options are sections; what has no key, such as the outer optimizer's kind, is not read.
            if (Keys.TryGetValue(name, out var key))
                yield return new SettingOverride(key, Text(value), at);
            else if (IsRecord(value.GetType()))
                foreach (var setting in Of(name, at, value))
                    yield return setting;
        }
    }

    /// <summary>What of a record is given and not computed from the rest of it.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type record) =>
        record
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true });

    /// <summary>
    /// Whether it is a record class: those are options in several parts, and have a way to copy themselves.
    /// </summary>
    public static bool IsRecord(Type type) => type.IsClass && type.GetMethod("<Clone>$") is not null;

    // Keys are the properties' names but for these.
    private static string NameOf(PropertyInfo property) =>
        property.Name switch
        {
            "Kind" or "Mode" => ".name",
            "Compensation" => "",
            "WarmUpEpochs" => ".warmup",
            var name => $".{name}",
        };

    private static string Text(object value) =>
        value switch
        {
            bool isOn => isOn ? "on" : "off",
            TimeSpan time => time.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture) + "s",
            Enum choice when Enum.IsDefined(choice.GetType(), choice) => (string)
                NameOfChoice.MakeGenericMethod(choice.GetType()).Invoke(null, [choice])!,
            Enum unknown => unknown.ToString(),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
