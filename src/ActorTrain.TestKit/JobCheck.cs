using System.Globalization;
using System.Reflection;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.TestKit.Replaying;
using Akka.Configuration;

namespace ActorTrain.TestKit;

/// <summary>
/// Refuses a job that no configuration could ask for, such as one whose options were changed by code to zero epochs:
/// its options are written as settings, and the runtime's own reader reads them.
/// </summary>
internal static class JobCheck
{
    // By their names without dashes, as properties have them.
    private static readonly Dictionary<string, string> Keys = ReferenceConfiguration.Settings
        .Select(setting => setting.Key)
        .ToDictionary(key => key.Replace("-", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ActorTrainException">
    /// A value cannot be; the message names its key and its place in the options.
    /// </exception>
    public static void Check(JobOptions job) => Read(job);

    /// <summary>
    /// The job as it is when it is read from its settings; what the engine reads stays as by default.
    /// </summary>
    internal static JobOptions Read(JobOptions job) =>
        JobOptionsReader.Read(Config.Empty, Settings("actortrain.job", "JobOptions", job));

    private static IEnumerable<SettingOverride> Settings(string section, string place, object options)
    {
        foreach (var property in OptionsCode.SettingsOf(options.GetType()))
        {
            var (name, at) = (section + NameOf(property), $"{place}.{property.Name}");
            var value = property.GetValue(options) ?? throw Checked.Wrong(at, "null", "given");
            // Records of options are sections; what has no key, such as the outer optimizer's kind, is not read.
            if (Keys.TryGetValue(name, out var key)) yield return new SettingOverride(key, Text(value), at);
            else if (OptionsCode.IsRecord(value.GetType()))
                foreach (var setting in Settings(name, at, value)) yield return setting;
        }
    }

    // Keys are the properties' names but for these.
    private static string NameOf(PropertyInfo property) => property.Name switch
    {
        "Kind" or "Mode" => ".name",
        "Compensation" => "",
        "WarmUpEpochs" => ".warmup",
        var name => $".{name}",
    };

    private static string Text(object value) => value switch
    {
        bool isOn => isOn ? "on" : "off",
        TimeSpan time => time.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture) + "s",
        Enum choice => (string)NameOfChoice.MakeGenericMethod(choice.GetType()).Invoke(null, [choice])!,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static MethodInfo NameOfChoice { get; } = typeof(Choices).GetMethod(nameof(Choices.NameOf))!;
}
