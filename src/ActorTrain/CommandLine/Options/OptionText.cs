using System.CommandLine;
using System.Globalization;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine.Options;

/// <summary>
/// Makes options that take text. What the text may be is checked by one place, the settings' reader,
/// so that an option and a configuration file are refused with the same sentence.
/// </summary>
internal static class OptionText
{
    /// <summary>An option with a value.</summary>
    public static Option<string?> Named(string name, string valueName, string description) =>
        new(name)
        {
            HelpName = valueName,
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>The option as an override of a setting; nothing when it was not given.</summary>
    public static IEnumerable<SettingOverride> Override(this ParseResult parsed, Option<string?> option, string key) =>
        parsed.GetValue(option) is { } value ? [new SettingOverride(key, value, option.Name)] : [];

    /// <summary>A whole number within bounds.</summary>
    public static int Whole(this ParseResult parsed, Option<string?> option, int otherwise, int least, int most)
    {
        if (parsed.GetValue(option) is not { } text)
            return otherwise;
        return
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
            ? value
            : throw new ActorTrainException(
                $"{option.Name} is {(text.Length == 0 ? "empty" : text)}; it must be a whole number from {least} to "
                    + $"{most}."
            );
    }
}
