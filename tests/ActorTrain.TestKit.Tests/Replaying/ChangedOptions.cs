using System.Reflection;
using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.TestKit.Tests.Replaying;

/// <summary>
/// Options with one setting changed, for each setting. Settings are found by reflection, so new ones are included.
/// </summary>
internal static class ChangedOptions
{
    /// <summary>The name of each property, and the options in which it is changed.</summary>
    public static IEnumerable<(string Setting, object Options)> ForEachSetting(object options)
    {
        foreach (var property in OptionsAsSettings.PropertiesOf(options.GetType()))
        {
            // The name of an optimizer says which one it is.
            if (!property.CanWrite)
                continue;
            var value = property.GetValue(options)!;
            if (OptionsAsSettings.IsRecord(value.GetType()))
                foreach (var (setting, inner) in ForEachSetting(value))
                    yield return (setting, With(options, property, inner));
            else
                yield return (property.Name, With(options, property, Changed(value)));
        }
    }

    private static object With(object options, PropertyInfo property, object value)
    {
        var copy = options.GetType().GetMethod("<Clone>$")!.Invoke(options, null)!;
        property.SetValue(copy, value);
        return copy;
    }

    private static object Changed(object value) =>
        value switch
        {
            string text => text + "!",
            bool isOn => !isOn,
            int number => number + 1,
            long number => number + 1,
            float number => number + 0.5f,
            double number => number + 0.5,
            TimeSpan time => time + TimeSpan.FromTicks(1),
            CheckpointInterval => CheckpointInterval.Epochs(2),
            Enum choice => Enum.ToObject(
                choice.GetType(),
                (Convert.ToInt32(choice, null) + 1) % Enum.GetValues(choice.GetType()).Length
            ),
            IReadOnlyDictionary<string, string> settings => new Dictionary<string, string>(settings)
            {
                ["another"] = "1",
            },
            _ => throw new NotSupportedException($"no other value of {value.GetType()} is known"),
        };
}
