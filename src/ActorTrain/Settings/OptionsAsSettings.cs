using System.Globalization;
using System.Reflection;

namespace ActorTrain.Settings;

/// <summary>
/// Converts options that were created by code to settings as in a file, so that one reader checks both. Uses the
/// records' properties, so that a new option is included.
/// </summary>
internal static class OptionsAsSettings
{
    private static readonly MethodInfo NameOfChoice = typeof(Choices).GetMethod(nameof(Choices.NameOf))!;

    /// <summary>Every option that has a key, with its place in the options as its source.</summary>
    /// <param name="section">The key of the options' section.</param>
    /// <param name="place">The name of the options in code, such as <c>JobOptions</c>.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ActorTrainException">An option is null.</exception>
    public static IEnumerable<SettingOverride> Create(string section, string place, object options)
    {
        foreach (var property in PropertiesOf(options.GetType()))
        {
            var (name, at) = (section + NameOf(property), $"{place}.{property.Name}");
            var value = property.GetValue(options) ?? throw new ActorTrainException($"{at} is null; it must be given.");
            if (value is IReadOnlyDictionary<string, string> settings)
            {
                // The engine reads the settings of models and data sets.
                if (KnownKeys.Reference.Find(name) is { } open)
                    foreach (var (inner, text) in settings)
                        yield return new SettingOverride($"{open}.{inner}", text, $"{at}[{inner}]");
            }
            else if (IsRecord(value.GetType()))
                foreach (var setting in Create(name, at, value))
                    yield return setting;
            else if (KnownKeys.Reference.Find(name) is { } key)
                yield return new SettingOverride(key, Text(value), at);
            else if (property.CanWrite && !value.Equals(Activator.CreateInstance(value.GetType())))
                throw new ActorTrainException($"{at} is {Text(value)}; it has no effect there, and must not be set.");
        }
    }

    /// <summary>The options with the keys below their section, as they are written there.</summary>
    public static IEnumerable<(string Key, string Value)> Entries(string section, object options) =>
        Create(section, options.GetType().Name, options)
            .Select(setting => (setting.Key[(section.Length + 1)..], setting.Value));

    /// <summary>The properties of a record that are options, and not those computed from them.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type record) =>
        record
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } || IsNameOfKind(property));

    // An optimizer's name says which one it is, and cannot be set.
    private static bool IsNameOfKind(PropertyInfo property) => property.Name == "Name";

    /// <summary>
    /// Whether it is a record class, which is an option in several parts; the compiler gives those a method to copy.
    /// </summary>
    public static bool IsRecord(Type type) => type.IsClass && type.GetMethod("<Clone>$") is not null;

    // Keys have the properties' names, except for these.
    private static string NameOf(PropertyInfo property) =>
        property.Name switch
        {
            "Kind" or "Mode" or "Name" => ".name",
            "Settings" => ".settings",
            "WarmUpEpochs" => ".warm-up",
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
