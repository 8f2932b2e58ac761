using System.CommandLine;
using System.Globalization;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine.Options;

/// <summary>
/// Options whose value is text. Only the settings' reader checks the text, so that an option and a configuration file
/// are refused with the same sentence.
/// </summary>
internal static class OptionText
{
    /// <summary>An option with a value.</summary>
    public static Option<string?> Create(string name, string valueName, string description) =>
        new(name)
        {
            HelpName = valueName,
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>The option as an override of a setting; empty if it is not given.</summary>
    public static IEnumerable<SettingOverride> Override(this ParseResult parsed, Option<string?> option, string key) =>
        parsed.GetValue(option) is { } value ? [new SettingOverride(key, value, option.Name)] : [];

    /// <summary>A whole number within bounds.</summary>
    public static int ReadInteger(
        this ParseResult parsed,
        Option<string?> option,
        int defaultValue,
        int minimum,
        int maximum
    )
    {
        if (parsed.GetValue(option) is not { } text)
            return defaultValue;
        return
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= minimum
            && value <= maximum
            ? value
            : throw new ActorTrainException(
                $"{option.Name} is {(text.Length == 0 ? "empty" : text)}; it must be a whole number from {minimum} to "
                    + $"{maximum}."
            );
    }
}
